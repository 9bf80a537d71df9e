"""A team on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Invitation, Membership
from accounts.team.names import LONGEST_NAME


class OrganizationSerializer(serializers.ModelSerializer[Membership]):
    """An organisation as one of its members sees it."""

    id = serializers.UUIDField(source="organization_id", read_only=True)
    name = serializers.CharField(source="organization.name", read_only=True)
    role = serializers.ChoiceField(
        choices=Membership.Role.choices, read_only=True, help_text="What you are there."
    )
    created_at = serializers.DateTimeField(source="organization.created_at", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "name", "role", "created_at")
        read_only_fields = fields


class OrganizationNameSerializer(serializers.Serializer[Any]):
    # The verb has the whole rule.
    name = serializers.CharField(help_text=f"One line of at most {LONGEST_NAME} characters.")


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user_id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    first_name = serializers.CharField(source="user.first_name", read_only=True)
    last_name = serializers.CharField(source="user.last_name", read_only=True)
    joined_at = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "user_id", "email", "first_name", "last_name", "role", "joined_at")
        read_only_fields = fields


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class HandOverSerializer(serializers.Serializer[Any]):
    member_id = serializers.UUIDField(help_text="The `id` of a member, not of a user.")


class NewInvitationSerializer(RoleSerializer):
    email = serializers.EmailField(max_length=254)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    invited_by = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = ("id", "email", "role", "invited_by", "expires_at", "created_at")
        read_only_fields = fields

    @extend_schema_field(serializers.EmailField())
    def get_invited_by(self, invitation: Invitation) -> str:
        return invitation.invited_by.email


class AcceptSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(
        max_length=200, help_text="What stands in the mail's link: `inv_…`."
    )
