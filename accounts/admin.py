"""People in the admin. Nobody is deleted there: what they bought stays accounted for."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Membership, Organization, Session, User
from didshop.admin import ReadOnlyAdmin, ReadOnlyInline

# One login page for all, so that its limits and whatever it asks for hold for staff too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Both come with Django's plain look: groups get ours, addresses stand with their user.
admin.site.unregister([Group, EmailAddress])


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "company")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = forms.ALL_FIELDS


class AddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = ("email", "primary", "verified")


class UserMembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("organization", "role", "created_at")
    readonly_fields = ("created_at",)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """Roles and permissions are given by superusers alone, who alone may change staff."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "full_name", "company", "role", "is_active", "created_at")
    list_filter = ("role", "is_active", "created_at")
    search_fields = ("email", "first_name", "last_name", "company", "phone")
    ordering = ("-id",)
    readonly_fields = ("id", "last_login", "created_at", "updated_at")
    filter_horizontal = ("groups", "user_permissions")
    inlines = (AddressInline, UserMembershipInline)
    fieldsets = (
        (None, {"fields": ("email", "password", "is_active")}),
        ("Person", {"fields": ("first_name", "last_name", "company", "phone")}),
        ("Rights", {"fields": ("role", "groups", "user_permissions")}),
        ("Dates", {"fields": ("id", "created_at", "updated_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "company")}),
        (None, {"fields": ("usable_password", "password1", "password2")}),
    )

    @admin.display(description="name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        # The address is also allauth's, which confirms it: it changes there.
        fixed = [*super().get_readonly_fields(request, obj), *(["email"] if obj else [])]
        if not request.user.is_superuser:
            fixed += ["role", "groups", "user_permissions"]
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            User.objects.open_account(obj)


class MembershipInline(TabularInline):
    model = Membership
    fields = ("user", "role", "created_at")
    readonly_fields = ("created_at",)
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(ModelAdmin):
    list_display = ("name", "created_at")
    list_filter = ("created_at",)
    search_fields = ("name", "members__email")
    readonly_fields = ("id", "created_at")
    fields = ("name", "id", "created_at")
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """API sign-ins, to look at."""

    list_display = ("user", "device", "ip_address", "last_used_at", "expires_at", "is_revoked")
    list_filter = ("is_revoked", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "device", "ip_address")
    # The `jti` is left out: it is of no use to people.
    fields = (
        "user", "device", "ip_address", "created_at", "last_used_at", "expires_at", "is_revoked"
    )  # fmt: skip
