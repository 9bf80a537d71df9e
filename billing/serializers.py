"""Billing on the wire (docs/api.md)."""

from typing import Any

from rest_framework import serializers

from billing.models import PaymentMethod


class NewPaymentMethodSerializer(serializers.Serializer[Any]):
    """A card to put on file, by Stripe's id; the sandbox takes Stripe's test ids."""

    payment_method_id = serializers.CharField(max_length=64)


class PaymentMethodSerializer(serializers.ModelSerializer[PaymentMethod]):
    """A card on file."""

    class Meta:
        model = PaymentMethod
        fields = ["id", "brand", "last4", "exp_month", "exp_year", "is_default", "created_at"]
        read_only_fields = fields
