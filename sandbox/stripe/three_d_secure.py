"""The bank's page for 3-D Secure, where a card's owner confirms a payment or refuses it."""

from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.store import Document
from sandbox.stripe import paying, setup_intents
from sandbox.stripe.amounts import spoken
from sandbox.stripe.context import Context

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
SUCCEEDED = ("requires_capture", "succeeded")


def show(request: Request) -> Response:
    """GET: the question, or that there is none any more."""
    context = context_of(request)
    intent = find_intent(context, request.path_params["intent"])
    if intent is None:
        return page(
            title="Nothing to confirm",
            sentence="The bank knows no payment under this address. Go back to the shop and start "
            "the payment again.",
            status=404,
        )
    if intent["status"] != "requires_action":
        return ended(intent)
    return page(
        title="Your bank asks: was it you?",
        sentence=sentence_for(intent),
        facts=facts_of(context, intent),
        asking=True,
    )


async def answer(request: Request) -> Response:
    """POST: the owner's answer, then back to the shop."""
    async with request.form() as form:
        confirmed = form.get("answer") == "confirm"
        refused = form.get("answer") == "refuse"
    if not confirmed and not refused:
        return await run_in_threadpool(show, request)
    return await run_in_threadpool(partial(settle, request, confirmed=confirmed))


def settle(request: Request, *, confirmed: bool) -> Response:
    """Carry out the owner's answer, once, and send the browser back with the outcome."""
    context = context_of(request)
    with context.store.transaction():
        intent = find_intent(context, request.path_params["intent"])
        if intent is None or intent["status"] != "requires_action":
            return show(request)
        go_on = (
            setup_intents.go_on_after_owner
            if intent["object"] == "setup_intent"
            else paying.go_on_after_owner
        )
        go_on(context, intent, confirmed=confirmed)
    if intent["_return_url"] is None:
        return ended(intent)
    return RedirectResponse(return_address(intent), status_code=303)


def context_of(request: Request) -> Context:
    """What an operation needs; a browser has neither request id nor idempotency key."""
    state = request.app.state
    return Context(
        store=state.store,
        outbox=state.outbox,
        config=state.config,
        now=state.clock.timestamp(),
    )


def find_intent(context: Context, object_id: str) -> Document | None:
    """The PaymentIntent or SetupIntent with this id."""
    return context.store.get("stripe.payment_intent", object_id) or context.store.get(
        "stripe.setup_intent", object_id
    )


def return_address(intent: Document) -> str:
    """The shop's return_url with what Stripe adds to it."""
    kind = intent["object"]
    added = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] in SUCCEEDED else "failed",
    }
    parts = urlsplit(intent["_return_url"])
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))


def sentence_for(intent: Document) -> str:
    """What the owner is asked to agree to."""
    if intent["object"] == "setup_intent":
        return "A shop wants to keep your card for later payments that you have agreed to."
    return "A shop wants to charge your card. Confirm only if you are buying there now."


def facts_of(context: Context, intent: Document) -> dict[str, str]:
    """The card, and the amount of a payment, for people to read."""
    payment_method = context.store.get("stripe.payment_method", intent["payment_method"])
    assert payment_method is not None, "an intent that waits for its owner has a card"
    card = payment_method["card"]
    facts = {"Card": f"{card['brand'].capitalize()} ending in {card['last4']}"}
    if intent["object"] == "payment_intent":
        currency = intent["currency"]
        facts["Amount"] = f"{spoken(intent['amount'], currency)} {currency.upper()}"
    return facts


def ended(intent: Document) -> Response:
    """The question is answered already, or was never asked."""
    back = return_address(intent) if intent.get("_return_url") else ""
    return page(
        title="Nothing left to confirm",
        sentence="This payment needs no answer from you any more.",
        return_url=back,
    )


def page(
    *,
    title: str,
    sentence: str,
    facts: dict[str, str] | None = None,
    asking: bool = False,
    return_url: str = "",
    status: int = 200,
) -> Response:
    """The page, with buttons while it is asking."""
    html = TEMPLATES.get_template("three_d_secure.html").render(
        title=title,
        sentence=sentence,
        facts=facts,
        asking=asking,
        return_url=return_url,
    )
    return HTMLResponse(html, status_code=status)
