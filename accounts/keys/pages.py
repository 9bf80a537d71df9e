"""Pages of API keys: the list, making one, and revoking one."""

from uuid import UUID

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.keys import making, revoking
from accounts.keys.forms import KeyForm
from accounts.keys.presentation import example_path, row_of, summary
from accounts.keys.reading import own_key, seen_by
from accounts.organizations import membership, user_of
from accounts.rights import Right, needs, rights_of
from didshop.addresses import public_url
from didshop.errors import Invalid, ShopError
from didshop.listing import page_of
from didshop.throttling import limit_page


@needs(Right.KEYS_WRITE)
@require_GET
def key_list(request: HttpRequest) -> HttpResponse:
    """The keys that the member may see, newest first, also those that have ended."""
    page, now = page_of(seen_by(membership(request)), request), timezone.now()
    context = {
        "rows": [row_of(key, now) for key in page.results],
        "page": page,
        "sees_all": Right.KEYS_MANAGE in rights_of(request),
    }
    return render(request, "keys/list.html", context)


@needs(Right.KEYS_WRITE)
@require_http_methods(["GET", "POST"])
def key_create(request: HttpRequest) -> HttpResponse:
    """Ask what the key is for, and with POST, make it and show it, this once."""
    if request.method == "POST":
        return _create(request)
    return render(request, "keys/new.html", {"form": KeyForm(place=membership(request))})


@limit_page("key")
def _create(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST, place=membership(request))
    made = None
    if form.is_valid():
        # A key outlasts the session: whoever makes one shows once more who they are. allauth
        # asks, and comes back with what was filled in.
        raise_if_reauthentication_required(request, app="")
        made = _make(request, form)
    if made is None:
        return render(request, "keys/new.html", {"form": form})
    return _show_once(request, made)


@needs(Right.KEYS_WRITE)
@require_http_methods(["GET", "POST"])
def key_revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Ask, and with POST, end the key."""
    key = own_key(membership(request), key_id)
    if request.method == "GET":
        return render(request, "keys/revoke.html", {"key": key, "scopes": summary(key.scopes)})
    revoking.revoke(key, actor=user_of(request))
    messages.success(request, f"{key.name} is revoked. Whatever used it is refused from now on.")
    return redirect("keys:list")


def _make(request: HttpRequest, form: KeyForm) -> making.NewKey | None:
    """Make the key; None where it is refused, with the reason beside the field."""
    given = form.cleaned_data
    try:
        return making.create(
            place=membership(request),
            name=given["name"],
            scopes=given["scopes"],
            expires_at=form.expires_at(),
        )
    except Invalid as invalid:
        for detail in invalid.details:
            form.add_error("scopes" if detail["field"] == "scopes" else None, detail["message"])
    except ShopError as error:
        form.add_error("scopes" if error.code == "SCOPE_NOT_ALLOWED" else None, error.sentence)
    return None


def _show_once(request: HttpRequest, made: making.NewKey) -> HttpResponse:
    """The page with the key. Never by a redirect: an address or a session would keep it."""
    context = {
        "key": made.key,
        "secret": made.secret,
        "scopes": summary(made.key.scopes),
        "example_url": public_url(f"/api/v1/{example_path(made.key.scopes)}"),
    }
    answer = render(request, "keys/created.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer
