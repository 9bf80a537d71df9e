"""A customer who has lived with the shop: orders that ended in every way, numbers, calls."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from e2e.client import Customer
from e2e.mailbox import mailed_link
from e2e.stack import Stack

CALLER = "+12125550123"
INVITED = "invited@example.com"


@dataclass(frozen=True)
class World:
    """Paths of what there is to see, and the words by which staff look for it."""

    email: str
    password: str
    completed: str
    partial: str
    declined: str
    waiting: str
    number: str
    unrouted_number: str
    leaving_number: str
    call: str
    key: str
    colleague: str
    invitation: str
    bank: str
    mail: str
    offered: str
    order_number: str
    phone_number: str
    twilio_call_sid: str


def build(stack: Stack) -> World:
    """Let a customer do all that through the API, and the sandbox call them."""
    customer = Customer(stack.url)
    customer.confirms_address(mailed_link(stack, customer.email, "/confirm-email/"))
    customer.adds_card()
    bought = customer.finds(areaCode="212")[:3]
    completed = customer.buys(*bought)
    assert completed["status"] == "COMPLETED", completed
    owned = {number["phoneNumber"]: number["id"] for number in _results(customer, "numbers")}
    front, unrouted, leaving = (owned[number] for number in bought)
    _changes(customer, front, friendlyName="Front desk, second floor", forwardTo="+14155550100")
    assert customer.http.delete(f"{customer.url}/numbers/{leaving}", timeout=60).ok
    stack.sandbox("calls", **{"from": CALLER, "to": bought[0]})
    sold = _sold_elsewhere(stack, customer)
    call = stack.until(lambda: _results(customer, "calls"), "the call in the log")[0]
    return World(
        email=customer.email,
        password=customer.PASSWORD,
        completed=_path(completed),
        partial=_path(_partial(customer, sold)),
        declined=_path(_pays_with(customer, "pm_card_chargeCustomerFail")),
        waiting=_path(_pays_with(customer, "pm_card_threeDSecure2Required")),
        number=f"/numbers/{front}/",
        unrouted_number=f"/numbers/{unrouted}/",
        leaving_number=f"/numbers/{leaving}/",
        call=f"/calls/{call['id']}/",
        key=_keys(customer),
        colleague=_colleague(stack, customer),
        invitation=urlsplit(mailed_link(stack, INVITED, "/invitations/")).path,
        bank=_bank(stack),
        mail=_mail(stack),
        offered=customer.finds(areaCode="212")[0],
        order_number=completed["orderNumber"],
        phone_number=bought[0],
        twilio_call_sid=call["twilioCallSid"],
    )


def _results(customer: Customer, what: str) -> list[dict[str, Any]]:
    return list(customer.get(what).json()["results"])


def _changes(customer: Customer, number_id: str, **changes: str) -> None:
    answer = customer.post(f"numbers/{number_id}/configure", changes)
    assert answer.ok, answer.text


def _sold_elsewhere(stack: Stack, customer: Customer) -> str:
    number = customer.finds(areaCode="212")[1]
    stack.sandbox("sold", number=number)
    return number


def _partial(customer: Customer, sold: str) -> dict[str, Any]:
    order = customer.buys(customer.finds(areaCode="212")[0], sold)
    assert order["status"] == "PARTIAL", order
    return order


def _pays_with(customer: Customer, card: str) -> dict[str, Any]:
    """An order by a card that is put on file for it."""
    number = customer.finds(areaCode="212")[0]
    body = {
        "phoneNumbers": [{"phoneNumber": number}],
        "billingInfo": {"paymentMethodId": customer.adds_card(card)},
    }
    answer = customer.post("numbers/purchase", body, Prefer="wait=2")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _colleague(stack: Stack, customer: Customer) -> str:
    """A colleague who has invited somebody else; the id of their place."""
    answered = stack.shell(
        "from accounts.models import *; from accounts.team.invitations import invite; "
        "grace = User.objects.create_user('grace@example.com', first_name='Grace'); "
        f"ours = Organization.objects.get(members__email={customer.email!r}); "
        "place = Membership.objects.create(user=grace, organization=ours, role='ADMIN'); "
        f"invite(organization=ours, email={INVITED!r}, role='BILLING', actor=grace); "
        "print(place.pk)"
    )
    return answered.split()[-1]


def _keys(customer: Customer) -> str:
    """Keys as they may stand: in use, about to end, revoked; the id of the first."""
    soon = (datetime.now(UTC) + timedelta(days=5)).isoformat()
    used = _key(customer, name="Call centre dashboard", scopes=["numbers:read", "calls:read"])
    requests.get(
        f"{customer.url}/numbers", headers={"Authorization": f"Bearer {used['key']}"}, timeout=60
    ).raise_for_status()
    everything = [f"{room}:{verb}" for room in ("numbers", "orders") for verb in ("read", "write")]
    _key(customer, name="Provisioning of the branch offices", scopes=everything, expiresAt=soon)
    ended = _key(customer, name="Old importer", scopes=["billing:read"])
    assert customer.http.delete(f"{customer.url}/api-keys/{ended['id']}", timeout=60).ok
    return str(used["id"])


def _key(customer: Customer, **body: Any) -> dict[str, Any]:
    answer = customer.post("api-keys", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _bank(stack: Stack) -> str:
    """Where the bank asks for the payment that waits."""
    payments = stack.sandbox("state")["payments"]
    return next(
        f"/stripe/3ds/{payment['id']}"
        for payment in payments
        if payment["status"] == "requires_action"
    )


def _mail(stack: Stack) -> str:
    """Where the newest mail is shown."""
    page = requests.get(f"{stack.url}/dev/mail/", timeout=60).text
    return re.findall(r"/dev/mail/[\d.-]+/", page)[0]


def _path(order: dict[str, Any]) -> str:
    return f"/orders/{order['orderId']}/"
