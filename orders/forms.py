"""Checking out, on a page."""

from typing import Any

from django import forms

from accounts.models import Organization
from billing.models import PaymentMethod


class CheckoutForm(forms.Form):
    """With which card the numbers are paid. The form carries its own idempotency key."""

    payment_method = forms.ModelChoiceField(
        queryset=PaymentMethod.objects.none(),
        error_messages={
            "required": "Choose a card.",
            "invalid_choice": "That card is not on file any more. Choose another.",
        },
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payment_method"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = PaymentMethod.objects.of(organization)
