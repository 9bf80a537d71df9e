"""Forms of a team: an organisation's name, an invitation, a role, who is to own it."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Membership
from accounts.team.names import LONGEST_NAME
from accounts.team.roles import EXPLAINED, may_give
from didshop.errors import ShopError


class TeamForm(forms.Form):
    """A form that shows what a verb refuses beside the field that it is about."""

    def show(self, refusal: ShopError) -> None:
        """Say why it was refused: beside its field, or above all where it is about none."""
        for detail in refusal.details:
            field = detail["field"]
            self.add_error(field if field in self.fields else None, detail["message"])
        if not refusal.details:
            self.add_error(None, refusal.sentence)


class OrganizationForm(TeamForm):
    name = forms.CharField(
        label="Name",
        # The verb knows the rule; this is what a browser lets one type.
        widget=forms.TextInput(attrs={"maxlength": LONGEST_NAME, "autocomplete": "organization"}),
        help_text="As your colleagues know it. It stands in invitations, too.",
    )


class RoleChoices(forms.RadioSelect):
    """Radio buttons, each with what the role may do beside it."""

    template_name = "team/_role_choices.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["explained"] = {str(role): text for role, text in EXPLAINED.items()}
        return context


class InvitationForm(TeamForm):
    """Whom to invite, as what: roles that the inviter may give."""

    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label="Role", initial=Membership.Role.MEMBER.value, widget=RoleChoices)

    def __init__(self, data: Any = None, *, place: Membership, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = [(role.value, role.label) for role in may_give(place)]


class RoleForm(TeamForm):
    role = forms.ChoiceField(choices=Membership.Role.choices)


class HandOverForm(TeamForm):
    """Which of the other members is to own the organisation."""

    member = forms.ChoiceField(label="New owner", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, others: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["member"]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = [
            (str(other.pk), f"{other.user.get_full_name()} ({other.user.email})")
            for other in others
        ]
