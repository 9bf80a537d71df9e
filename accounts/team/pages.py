"""Pages of a team: who is in it, an organisation's name, going and handing over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import organizations
from accounts.models import Membership
from accounts.organizations import current, membership, user_of
from accounts.rights import Right, needs
from accounts.team import roles
from accounts.team.forms import HandOverForm, InvitationForm, OrganizationForm, RoleForm
from accounts.team.invitations import (
    invite,
    open_invitations,
    resend_invitation,
    revoke_invitation,
)
from accounts.team.members import change_role, hand_over, leave, remove_member
from accounts.team.organizing import create_organization, rename_organization
from accounts.team.reading import last_seen, members_of, with_last_seen
from didshop.errors import Forbidden, NotFound, ShopError
from didshop.listing import page_of


@needs(Right.TEAM_READ, post=Right.TEAM_WRITE)
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest) -> HttpResponse:
    """Who is in the organisation and who is invited; with POST, invite somebody."""
    form = InvitationForm(request.POST or None, place=membership(request))
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite(
                organization=current(request), actor=user_of(request), **form.cleaned_data
            )
        except ShopError as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"The invitation is on its way to {invitation.email}.")
            return redirect("team:members")
    return render(request, "team/members.html", _members_context(request, form))


def _members_context(request: HttpRequest, form: InvitationForm) -> dict[str, Any]:
    place = membership(request)
    page = page_of(with_last_seen(members_of(place.organization)), request)
    within = roles.may_give(place)
    return {
        "page": page,
        "members": [_shown(member, place, within) for member in page.results],
        "invitations": list(open_invitations(place.organization)[:100]),
        "now": timezone.now(),
        "form": form,
        "within": within,
        "explained": [(role.label, text) for role, text in roles.EXPLAINED.items()],
    }


def _shown(member: Membership, mine: Membership, within: list[Membership.Role]) -> dict[str, Any]:
    """A member as the list shows them, and whether the one who looks may change them."""
    is_me = member.pk == mine.pk
    return {
        "place": member,
        "user": member.user,
        "is_me": is_me,
        "last_seen": last_seen(member),
        "is_mine_to_change": not is_me and member.role in within,
    }


@needs(Right.TEAM_WRITE)
@require_POST
def member_role(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Give a member another role."""
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise NotFound("There is no such role.", code="ROLE_NOT_FOUND")
        changed = change_role(
            organization=current(request),
            member_id=member_id,
            role=form.cleaned_data["role"],
            actor=user_of(request),
        )
    except ShopError as refusal:
        return _back_with(request, refusal)
    messages.success(request, f"{_name(changed)}: {changed.get_role_display()} from now on.")
    return redirect("team:members")


@needs(Right.TEAM_WRITE)
@require_http_methods(["GET", "POST"])
def member_remove(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Ask, and with POST, take a member out."""
    organization = current(request)
    member = members_of(organization).filter(pk=member_id).first()
    if member is None:
        raise NotFound("There is no such member in this organisation.", code="MEMBER_NOT_FOUND")
    if request.method == "GET":
        return render(request, "team/remove.html", {"member": member})
    try:
        remove_member(organization=organization, member_id=member_id, actor=user_of(request))
    except ShopError as refusal:
        return _back_with(request, refusal)
    messages.success(request, f"{_name(member)} is no longer in {organization}.")
    return redirect("team:members")


@needs(Right.TEAM_WRITE)
@require_POST
def invitation_resend(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation once more, with a new link."""
    try:
        sent = resend_invitation(
            organization=current(request), invitation_id=invitation_id, actor=user_of(request)
        )
    except ShopError as refusal:
        return _back_with(request, refusal)
    messages.success(request, f"A new link is on its way to {sent.email}.")
    return redirect("team:members")


@needs(Right.TEAM_WRITE)
@require_POST
def invitation_revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    try:
        revoke_invitation(
            organization=current(request), invitation_id=invitation_id, actor=user_of(request)
        )
    except ShopError as refusal:
        return _back_with(request, refusal)
    messages.success(request, "The invitation is withdrawn. Its link no longer works.")
    return redirect("team:members")


@needs(Right.TEAM_READ)
@require_GET
def role_table(request: HttpRequest) -> HttpResponse:
    """What each role may do."""
    context = {
        "roles": [(role.label, text) for role, text in roles.EXPLAINED.items()],
        "rows": roles.table(),
    }
    return render(request, "team/roles.html", context)


@needs(Right.TEAM_READ, post=Right.ORGANIZATION_WRITE)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The organisation's name and id; with POST, another name."""
    organization = current(request)
    form = OrganizationForm(request.POST or None, initial={"name": organization.name})
    if request.method == "POST" and form.is_valid():
        try:
            renamed = rename_organization(
                organization=organization, actor=user_of(request), **form.cleaned_data
            )
        except ShopError as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"It is called {renamed} from now on.")
            return redirect("team:settings")
    return render(request, "team/settings.html", {"form": form, "place": membership(request)})


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Open another organisation, and go on in it."""
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            place = create_organization(actor=user_of(request), **form.cleaned_data)
        except ShopError as refusal:
            form.show(refusal)
        else:
            organizations.choose(request, place.organization_id)
            messages.success(request, f"{place.organization} is open, and you act for it now.")
            return redirect("team:members")
    return render(request, "team/create.html", {"form": form})


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's organisations from now on."""
    try:
        wanted = UUID(request.POST.get("organization", ""))
    except ValueError:
        raise organizations.no_part_in_it() from None
    place = organizations.choose(request, wanted)
    messages.success(request, f"You act for {place.organization} now.")
    return redirect("home")


@login_required
@require_http_methods(["GET", "POST"])
def depart(request: HttpRequest) -> HttpResponse:
    """Ask, and with POST, leave the organisation."""
    organization = current(request)
    if request.method == "GET":
        return render(request, "team/leave.html", {"place": membership(request)})
    try:
        leave(organization=organization, actor=user_of(request))
    except ShopError as refusal:
        return _back_with(request, refusal)
    messages.success(request, f"You have left {organization}.")
    return redirect("home")


@needs(Right.OWNERSHIP)
@require_http_methods(["GET", "POST"])
def give_away(request: HttpRequest) -> HttpResponse:
    """Say to whom, and with POST, hand the organisation over."""
    mine = membership(request)
    others = list(members_of(mine.organization).exclude(pk=mine.pk)[:200])
    form = HandOverForm(request.POST or None, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            heir = hand_over(
                organization=mine.organization,
                member_id=UUID(form.cleaned_data["member"]),
                actor=user_of(request),
            )
        except ShopError as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{_name(heir)} owns {mine.organization} now.")
            return redirect("team:members")
    return render(request, "team/hand_over.html", {"form": form, "others": others, "place": mine})


def _name(member: Membership) -> str:
    return member.user.get_full_name() or member.user.email


def _back_with(request: HttpRequest, refusal: ShopError) -> HttpResponse:
    """To the list, with why it was not done. What is not there, or not theirs, is an error page."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    messages.error(request, refusal.sentence)
    return redirect("team:members")
