"""What PaymentIntents and SetupIntents share: how they may be paid, and where their owner goes."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.store import Document
from sandbox.stripe.cards import Decline
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError, doc_url, not_played
from sandbox.stripe.objects import public

METHOD_TYPES = ("card", "link")
ONLY_WITH_CONFIRM = ("error_on_requires_action", "off_session", "return_url")
RETURN_URL_NEEDED = (
    "This {noun} is configured to accept payment methods enabled in your Dashboard. Because some "
    "of these payment methods might redirect your customer off of your page, you must provide a "
    "`return_url`. If you don't want to accept redirect-based payment methods, set "
    "`automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
    "Payment Intents."
)


def ways_to_pay(params: dict[str, Any]) -> Document:
    """The fields that say how an intent may be paid. Raises StripeError.

    Without a list of types Stripe takes what the dashboard enables, redirects included.
    (Since API 2026-10-28 the list is allowed_payment_method_types.)
    """
    allowed = params.get("allowed_payment_method_types")
    for index, way in enumerate(allowed or []):
        if way not in METHOD_TYPES:
            raise not_played(f"allowed_payment_method_types[{index}]={way}")
    return {
        "allowed_payment_method_types": allowed,
        "automatic_payment_methods": automatic_ways(params, listed=allowed is not None),
        "payment_method_types": allowed or list(METHOD_TYPES),
    }


def automatic_ways(params: dict[str, Any], *, listed: bool) -> Document | None:
    """The settled automatic_payment_methods, None where a list of types takes their place."""
    wanted = params.get("automatic_payment_methods")
    if wanted is None and listed:
        return None
    wanted = wanted or {"enabled": True}
    if not wanted["enabled"]:
        return None
    return {"allow_redirects": wanted.get("allow_redirects", "always"), "enabled": True}


def check_only_with_confirm(params: dict[str, Any]) -> None:
    """Refuse what makes sense only while confirming. Raises StripeError."""
    if params.get("confirm"):
        return
    for name in ONLY_WITH_CONFIRM:
        if name in params:
            raise StripeError(
                f"You can only provide `{name}` when `confirm` is true.",
                param=name,
                kept=False,
            )


def check_return_url(intent: Document, url: str | None, *, noun: str, owner_absent: bool) -> None:
    """Ways to pay that may redirect need an address to come back to. Raises StripeError."""
    if url is not None and not is_web_address(url):
        raise StripeError("Not a valid URL", code="url_invalid", param="return_url")
    automatic = intent["automatic_payment_methods"]
    listed = intent["allowed_payment_method_types"] is not None
    redirects = automatic is not None and automatic["allow_redirects"] != "never"
    if redirects and not listed and url is None and not owner_absent:
        raise StripeError(RETURN_URL_NEEDED.format(noun=noun), param="return_url")


def is_web_address(url: str) -> bool:
    """Whether a browser can be sent there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def ask_the_owner(context: Context, intent: Document, return_url: str | None) -> None:
    """The bank wants to see the card's owner: the page of the sandbox plays the bank's."""
    page = f"{context.config.base_url}/stripe/3ds/{intent['id']}"
    intent |= {"status": "requires_action", "_return_url": return_url}
    if return_url is None:
        intent["next_action"] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page},
        }
    else:
        intent["next_action"] = {
            "redirect_to_url": {"return_url": return_url, "url": page},
            "type": "redirect_to_url",
        }
    context.save(intent)


def attempt_error(
    declined: Decline, payment_method: Document, *, error_type: str, charge: str | None = None
) -> Document:
    """What an intent keeps of an attempt that failed, as last_payment_error or last_setup_error."""
    fields = {
        "charge": charge,
        "code": declined.code,
        "decline_code": declined.reason,
        "doc_url": doc_url(declined.code),
        "message": declined.message,
        "payment_method": public(payment_method),
        "type": error_type,
    }
    return {name: value for name, value in fields.items() if value is not None}


def unexpected_state(intent: Document, message: str) -> StripeError:
    """400: the intent is not in a status from which this can be done."""
    kind = intent["object"]
    return StripeError(message, code=f"{kind}_unexpected_state", **{kind: public(intent)})


def check_status(
    intent: Document, allowed: tuple[str, ...], *, refusal: str, deed: str, noun: str
) -> None:
    """Raises StripeError unless the intent has one of the statuses allowed.

    refusal: the sentence's beginning; deed: what the others may be, such as canceled.
    """
    if intent["status"] not in allowed:
        raise unexpected_state(
            intent,
            f"{refusal} because it has a status of {intent['status']}. Only a {noun} with one of "
            f"the following statuses may be {deed}: {', '.join(allowed)}.",
        )
