"""Sign-ins on the wire (docs/api.md)."""

from typing import Any

from rest_framework import serializers

from accounts.security.sign_ins import Kind


class SignInSerializer(serializers.Serializer[Any]):
    """Where somebody is signed in."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    device = serializers.CharField(help_text="In words, as far as it tells what it is.")
    user_agent = serializers.CharField(help_text="What it says about itself.")
    ip_address = serializers.IPAddressField(allow_null=True)
    created_at = serializers.DateTimeField(help_text="When it signed in.")
    last_used_at = serializers.DateTimeField(
        help_text="A browser's to the minute; a program's is its last refresh."
    )
    is_current = serializers.BooleanField(help_text="Whether you asked with this one.")


class SignInListSerializer(serializers.Serializer[Any]):
    """All of them: there is no second page."""

    results = SignInSerializer(many=True)
    next = serializers.URLField(allow_null=True, default=None)
    previous = serializers.URLField(allow_null=True, default=None)
