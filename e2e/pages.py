"""Every page of the shop, each with who sees it. The tests that hold for all walk this list."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.template.loader import render_to_string
from playwright.sync_api import Page

from e2e.stack import Stack
from e2e.world import World


@dataclass(frozen=True)
class Shown:
    """A page: `path` tells where it is in the world; an `error` template has no path of its own.

    `played` pages are the sandbox's.
    """

    name: str
    path: Callable[[World], str] = lambda world: ""
    signed_in: bool = True
    error: str = ""
    played: bool = False

    def open(self, page: Page, stack: Stack, world: World) -> None:
        """Load it whole."""
        if self.error:
            _serve(page, f"{stack.url}/error", self.error)
            page.goto(f"{stack.url}/error")
        else:
            page.goto(f"{stack.sandbox_url if self.played else stack.url}{self.path(world)}")


def _serve(page: Page, url: str, template: str) -> None:
    """Error pages as they are in production; in development Django shows its own instead.

    They are sent with the status 200: that the browser notes a refusal is not theirs to help.
    """
    html = render_to_string(template, {"request_id": "0123456789abcdef"})
    page.route(url, lambda route: route.fulfill(body=html, content_type="text/html"))


def _public(name: str, path: str) -> Shown:
    return Shown(name, lambda world: path, signed_in=False)


def _own(name: str, path: str) -> Shown:
    return Shown(name, lambda world: path)


def _error(name: str) -> Shown:
    return Shown(f"error-{name}", signed_in=False, error=f"{name}.html")


def _checkout(*numbers: str) -> str:
    return f"/checkout/?{urlencode({'number': numbers}, doseq=True)}"


PAGES = [
    _public("home-stranger", "/"),
    _public("find-stranger", "/find/"),
    _public("find-results-stranger", "/find/?q=415"),
    _public("sign-up", "/accounts/signup/"),
    _public("sign-in", "/accounts/login/"),
    _public("password-reset", "/accounts/password/reset/"),
    _public("components", "/dev/components/"),
    _public("mails", "/dev/mail/"),
    Shown("mail", lambda world: world.mail, signed_in=False),
    _own("home", "/"),
    _own("find", "/find/"),
    _own("find-results", "/find/?q=415"),
    _own("find-nothing", "/find/?country=US&area_code=415&contains=9999999"),
    _own("find-misunderstood", "/find/?country=US&area_code=abc"),
    _own("checkout-empty", "/checkout/"),
    Shown("checkout", lambda world: _checkout(world.offered)),
    Shown("checkout-taken", lambda world: _checkout(world.offered, world.phone_number)),
    _own("cards", "/billing/methods/"),
    Shown("order-completed", lambda world: world.completed),
    Shown("order-partial", lambda world: world.partial),
    Shown("order-declined", lambda world: world.declined),
    Shown("order-waiting", lambda world: world.waiting),
    _own("orders", "/orders/"),
    _own("numbers", "/numbers/"),
    _own("numbers-filtered-away", "/numbers/?search=nothing-like-it"),
    Shown("number", lambda world: world.number),
    Shown("number-unrouted", lambda world: world.unrouted_number),
    Shown("number-leaving", lambda world: world.leaving_number),
    Shown("number-release", lambda world: f"{world.number}release/"),
    _own("calls", "/calls/"),
    Shown("call", lambda world: world.call),
    _own("team", "/team/"),
    _own("team-roles", "/team/roles/"),
    _own("team-leave", "/team/leave/"),
    _own("team-hand-over", "/team/hand-over/"),
    Shown("team-remove", lambda world: f"/team/members/{world.colleague}/remove/"),
    _own("organisation", "/team/settings/"),
    _own("organisation-new", "/team/new/"),
    Shown("invitation", lambda world: world.invitation, signed_in=False),
    _own("keys", "/keys/"),
    _own("key-new", "/keys/new/"),
    Shown("key-revoke", lambda world: f"/keys/{world.key}/revoke/"),
    _own("audit", "/audit/"),
    _own("audit-filtered-away", "/audit/?act=OWNERSHIP_HANDED_OVER"),
    _own("privacy", "/accounts/privacy/"),
    _own("account", "/accounts/security/"),
    _own("account-activity", "/accounts/security/activity/"),
    _own("profile", "/accounts/profile/"),
    _own("second-factors", "/accounts/2fa/"),
    _own("passkeys", "/accounts/2fa/webauthn/"),
    _own("sign-ins", "/accounts/sessions/"),
    _own("is-it-you", "/accounts/reauthenticate/?next=/"),
    _own("addresses", "/accounts/email/"),
    _own("password-change", "/accounts/password/change/"),
    _own("sign-out", "/accounts/logout/"),
    Shown("sandbox", lambda world: "/", signed_in=False, played=True),
    Shown("bank", lambda world: world.bank, signed_in=False, played=True),
    *map(_error, ("400", "403", "403_csrf", "404", "429", "500", "carrier_down")),
]
