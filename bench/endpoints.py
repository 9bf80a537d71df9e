"""List and detail endpoints, beside a bare Django view that runs the same SQL.

Both go through Django's handler in this process, one after the other in turns, on the stack's
database. The ratio is what authentication, serialising and the house's rules cost.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from dids.models import Number  # noqa: E402
from telephony.models import CallLog  # noqa: E402

NUMBERS, CALLS = 300, 3000
ROUNDS = 60

_recorded: list[str] = []


def bare(request: HttpRequest) -> JsonResponse:
    """Runs what was recorded and answers the rows."""
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for sql in _recorded:
            cursor.execute(sql)
            rows.append(cursor.fetchall() if cursor.description else [])
    return JsonResponse({"rows": rows}, json_dumps_params={"default": str})


def measure(user_id: str, token: str) -> Iterator[str]:
    """Milliseconds of each endpoint and of the bare view, and their ratio."""
    _fill(user_id)
    yield f"Endpoints; {NUMBERS} numbers, {CALLS} calls ({connection.vendor})"
    yield f"  {'':<28}{'queries':>8}{'median':>12}{'bare view':>12}{'ratio':>8}"
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        client = Client(headers={"Authorization": token})
        for name, address in _addresses(client).items():
            yield _compare(client, name, address)


def _addresses(client: Client) -> dict[str, str]:
    found = {}
    for plural in ("numbers", "orders", "calls"):
        address = f"/api/v1/{plural}"
        newest = client.get(address).json()["results"][0]["id"]
        found[f"GET {plural}"] = address
        found[f"GET {plural}/{{id}}"] = f"{address}/{newest}"
    return found


def _compare(client: Client, name: str, address: str) -> str:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
        statements = [query["sql"] for query in queries.captured_queries]
    _recorded[:] = [sql for sql in statements if sql.startswith("SELECT")]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(client, address))
        theirs.append(_seconds(client, "/bare"))
    mine, plain = statistics.median(ours) * 1000, statistics.median(theirs) * 1000
    return f"  {name:<28}{len(statements):>8}{mine:>9.1f} ms{plain:>9.1f} ms{mine / plain:>8.1f}"


def _seconds(client: Client, address: str) -> float:
    begun = time.perf_counter()
    answer = client.get(address)
    taken = time.perf_counter() - begun
    assert answer.status_code == 200, answer.content
    return taken


def _fill(user_id: str) -> None:
    """Numbers and calls enough that lists have to choose."""
    user = User.objects.get(pk=user_id)
    owner = user.organizations.get()
    numbers = Number.objects.bulk_create(
        Number(
            organization=owner,
            purchased_by=user,
            phone_number=f"+1646555{position:04}",
            country_code="US",
            number_type="LOCAL",
            monthly_price="1.50",
            carrier_monthly="1.15",
            currency="USD",
            status="ACTIVE",
            twilio_sid=f"PN{position:032x}",
            configured_version=1,
        )
        for position in range(NUMBERS)
    )
    now = timezone.now()
    CallLog.objects.bulk_create(
        CallLog(
            organization=owner,
            number=numbers[position % NUMBERS],
            twilio_call_sid=f"CA{position:032x}",
            from_number="+12125550123",
            to_number=numbers[position % NUMBERS].phone_number,
            direction="INBOUND",
            status="COMPLETED",
            duration=position % 600,
            start_time=now - timedelta(minutes=position),
        )
        for position in range(CALLS)
    )


urlpatterns = [path("bare", bare), path("", include("didshop.urls"))]

if __name__ == "__main__":
    for line in measure(*sys.argv[1:3]):
        print(line)
