"""What calls tell of a customer: copied out, and erased."""

from accounts.models import Organization
from accounts.privacy import registry
from accounts.privacy.registry import Rows
from telephony.models import CallLog

# Stands in the place of a phone number of whoever called or was called.
ERASED_PARTY = "erased"


def register() -> None:
    """Take part in exports and erasures. Called once, at start."""
    registry.register_section(
        "calls",
        "Every call of your numbers. A row with a parent is a phone that was rung for that call.",
        _calls,
    )
    registry.register_section("calls-history", "Every change of a call's status.", _history)
    registry.register_eraser(_forget_parties)


def _calls(organization: Organization) -> Rows:
    return registry.columns(
        CallLog.objects.filter(organization=organization),
        "id",
        "parent_id",
        "number_id",
        "direction",
        "from_number",
        "to_number",
        "status",
        "start_time",
        "end_time",
        "duration",
        "price",
        "price_unit",
    )


def _history(organization: Organization) -> Rows:
    return registry.history(CallLog, CallLog.objects.filter(organization=organization))


def _forget_parties(organization: Organization) -> None:
    """How many calls there were, when and for how long is kept; who spoke is not."""
    CallLog.objects.filter(organization=organization).update(
        from_number=ERASED_PARTY, to_number=ERASED_PARTY
    )
