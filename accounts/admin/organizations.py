"""Organisations, who is in them, and who is invited."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts import staff
from accounts.admin import parts
from accounts.admin.refusals import TellingAdmin
from accounts.models import Invitation, Membership, Organization
from accounts.organizations import user_of
from didshop.admin import ReadOnlyAdmin


@admin.register(Organization)
class OrganizationAdmin(TellingAdmin):
    """To be read, but for its name. People make organisations, and invite each other."""

    list_display = ("name", "people", "created_at")
    list_filter = ("created_at",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name", "members__email")
    readonly_fields = ("id", "created_at")
    fields = ("name", "id", "created_at")
    inlines = (parts.MemberInline, parts.InvitationInline, parts.KeyInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        found: QuerySet[Organization] = super().get_queryset(request)
        return found.annotate(people=Count("memberships", distinct=True))

    @admin.display(description="Members", ordering="people")
    def people(self, organization: Any) -> int:
        return int(organization.people)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Organization,
        form: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        staff.rename_organization(obj, name=form.cleaned_data["name"], actor=user_of(request))


@admin.register(Membership)
class MembershipAdmin(TellingAdmin):
    """Places in organisations. A role is changed here when nobody in it can do it any more."""

    list_display = ("user", "organization", "role", "created_at")
    list_filter = ("role", "created_at")
    list_select_related = ("user", "organization")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("user__email", "organization__name")
    fields = ("user", "organization", "role", "created_at")
    readonly_fields = ("user", "organization", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Membership,
        form: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        staff.change_member_role(obj, role=obj.role, actor=user_of(request))


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who is invited where. The link stands in the mail alone."""

    list_display = (
        "email", "organization", "role", "created_at", "expires_at", "accepted_at", "revoked_at"
    )  # fmt: skip
    list_filter = ("role", "created_at")
    list_select_related = ("organization",)
    search_fields = ("email", "organization__name")
    fields = (
        "email",
        "organization",
        "role",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "accepted_by",
        "revoked_at",
    )
