"""One login page for all; and what is registered with Django's plain look is taken out."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin

# The login page's limits, and whatever it asks for, hold for staff too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Groups get our look; addresses and second factors stand with their user.
admin.site.unregister([Group, EmailAddress, Authenticator])


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """What staff may do who are no superusers."""
