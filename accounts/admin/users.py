"""People in the admin. What is done to an account is done by the verbs of `accounts.staff`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import audit, staff
from accounts.admin import parts
from accounts.admin.deeds import DEEDS, Deed, for_page
from accounts.admin.filters import ConfirmedFilter, SecondFactorFilter, has_confirmed_address
from accounts.admin.refusals import TellingAdmin
from accounts.audit import Act
from accounts.impersonation import may_impersonate
from accounts.models import User
from accounts.organizations import user_of
from didshop.errors import ShopError


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "company")

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if EmailAddress.objects.filter(email=email).exists():
            raise forms.ValidationError("Somebody has this address already.")
        return email


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = forms.ALL_FIELDS


@admin.register(User)
class UserAdmin(DjangoUserAdmin, TellingAdmin):  # type: ignore[type-arg]
    """Roles and permissions are given by superusers alone, who alone may change staff."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    change_form_outer_before_template = "admin/accounts/user/deeds.html"
    list_display = (
        "email",
        "full_name",
        "role",
        "may_sign_in",
        "is_confirmed",
        "has_second_factor",
        "joined",
    )
    list_filter = ("role", "is_active", ConfirmedFilter, SecondFactorFilter, "created_at")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("email", "first_name", "last_name", "company", "phone")
    ordering = ("-id",)
    readonly_fields = ("id", "is_active", "last_login", "created_at", "updated_at")
    # Groups are few. What one of the staff alone may do is a group of its own.
    filter_horizontal = ()
    actions = tuple(DEEDS)
    inlines = (
        parts.PlaceInline,
        parts.AddressInline,
        parts.SecondFactorInline,
        parts.KeyInline,
        parts.BrowserInline,
        parts.ProgramInline,
    )
    fieldsets = (
        (None, {"fields": ("email", "password", "is_active")}),
        ("Person", {"fields": ("first_name", "last_name", "company", "phone")}),
        ("Among the staff", {"fields": ("role", "groups")}),
        ("Dates", {"fields": ("id", "created_at", "updated_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "company")}),
        (None, {"fields": ("usable_password", "password1", "password2")}),
    )

    # ------------------------------------------------------------ the list
    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
            type=Authenticator.Type.RECOVERY_CODES
        )
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(
            is_confirmed=has_confirmed_address(), has_second_factor=Exists(factors)
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        actor = user_of(request)
        if not actor.has_perm("accounts.impersonate_user"):
            return columns
        return (*columns, _entrance(actor))

    @admin.display(description="Name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="Active", boolean=True, ordering="is_active")
    def may_sign_in(self, user: User) -> bool:
        return user.is_active

    @admin.display(description="Joined", ordering="created_at")
    def joined(self, user: User) -> str:
        return format_html(
            '<span class="whitespace-nowrap">{}</span>', f"{user.created_at:%Y-%m-%d}"
        )

    @admin.display(description="Confirmed", boolean=True)
    def is_confirmed(self, user: Any) -> bool:
        return bool(user.is_confirmed)

    @admin.display(description="Second factor", boolean=True)
    def has_second_factor(self, user: Any) -> bool:
        return bool(user.has_second_factor)

    # ------------------------------------------------------------ who may what
    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        # The address is also allauth's, which confirms it: it changes there.
        fixed = [*super().get_readonly_fields(request, obj), *(["email"] if obj else [])]
        if not request.user.is_superuser:
            fixed += ["role", "groups"]
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    # ------------------------------------------------------------ saving
    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        actor = user_of(request)
        if not change:
            staff.open_account(obj, actor=actor)
            return
        super().save_model(request, obj, form, change)
        changed = sorted(form.changed_data)
        if "role" in changed:
            staff.role_was_changed(obj, old=form.initial["role"], actor=actor)
        if changed and changed != ["role"]:
            audit.record(Act.PROFILE_CHANGED, actor=actor, target=obj, fields=changed)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's name
        form_url: str = "",
    ) -> HttpResponse:
        """Django's page; who gets a new password is signed out everywhere, and told."""
        with transaction.atomic():
            user = self.get_object(request, unquote(id))
            before = user.password if user else ""
            answer: HttpResponse = super().user_change_password(request, id, form_url)
            if request.method == "POST" and user is not None:
                user.refresh_from_db(fields=["password"])
                if user.password != before:
                    staff.password_was_set(user, actor=user_of(request))
        return answer

    # ------------------------------------------------------------ deeds
    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<uuid:id>/{deed.name}/", self._view_of(deed), name=f"accounts_user_{deed.name}")
            for deed in DEEDS.values()
        ]
        return [*own, *super().get_urls()]

    def _view_of(self, deed: Deed) -> Callable[..., HttpResponse]:
        """What does the deed to one user."""

        @require_POST
        def view(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - as in Django's
            user = get_object_or_404(User, pk=id)
            self._do(request, deed, [user])
            return redirect("admin:accounts_user_change", user.pk)

        guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(view)
        return guarded

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        deeds = for_page(user, actor=user_of(request)) if user else []
        may_enter = may_impersonate(hijacker=user_of(request), hijacked=user)
        extra = {"deeds": deeds, "may_enter": may_enter, **(extra_context or {})}
        answer: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return answer

    def get_actions(self, request: HttpRequest) -> Any:
        # Deeds are functions of no class; Django wants (function, name, description).
        return {
            deed.name: (_as_action(deed), deed.name, deed.label)
            for deed in DEEDS.values()
            if request.user.has_perm("accounts.change_user")
        }

    def _do(self, request: HttpRequest, deed: Deed, users: Any) -> None:
        """The verb on each; one that refuses is told and holds up no other."""
        done = 0
        for user in users:
            try:
                deed.verb(user, actor=user_of(request))
                done += 1
            except ShopError as refusal:
                self.message_user(request, f"{user}: {refusal.sentence}", messages.ERROR)
        if done:
            told = deed.done if done == 1 else f"{deed.label}: done for {done}."
            self.message_user(request, told, messages.SUCCESS)


def _as_action(deed: Deed) -> Callable[..., None]:
    def act(model_admin: UserAdmin, request: HttpRequest, users: QuerySet[User]) -> None:
        model_admin._do(request, deed, users)  # noqa: SLF001 - a part of it

    return act


def _entrance(actor: User) -> Callable[[User], str]:
    """The column that lets `actor` into a customer's place: a button of the list's own form."""

    @admin.display(description="Their shop")
    def in_their_place(user: User) -> str:
        if not may_impersonate(hijacker=actor, hijacked=user):
            return ""
        return format_html(
            '<button type="submit" formaction="{}" name="user_pk" value="{}" '
            'aria-label="Enter the shop as {}" '
            'class="font-medium text-primary-600 dark:text-primary-500 cursor-pointer">'
            "Enter</button>",
            reverse("impersonation:begin"),
            user.pk,
            user.email,
        )

    return in_their_place
