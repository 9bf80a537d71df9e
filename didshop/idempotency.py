"""`Idempotency-Key`: a request that is sent again is answered as it was the first time.

What is kept, for a day, is the answer of a request that was carried out (2xx). A refusal has
done nothing, so its key is free again: who adds the missing card may repeat the same request.
After a defect of ours (500) nobody knows what was done; the key stays taken for IN_FLIGHT, as if
the process had died, and then the request may run again. `Claim.keep` tells that run what the
first one has made.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from didshop.errors import Conflict, Invalid, ShopError, Unmet
from didshop.models import IdempotencyKey
from didshop.throttling import caller_of
from didshop.waiting import Waiter

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
IN_FLIGHT = timedelta(seconds=60)
_LONGEST_KEY = 255
_KEPT_HEADERS = ("Content-Type", "Location")
_REFUSALS = (ShopError, APIException, Http404, PermissionDenied, ValidationError)


@dataclass(frozen=True)
class Claim:
    """A key that this request has for itself until it is answered.

    `made` is what an earlier run, that died before it could answer, has kept of its doing.
    """

    key_id: int
    claimed_at: datetime
    made: str = ""

    def keep(self, reference: str) -> None:
        """Remember what the request has made, such as an order's id.

        Call it in the transaction that makes it: then a run that takes over finds it in `made`
        and answers with it instead of making another. Conflict if one has taken over already.
        """
        if not self._mine().update(body=reference):
            raise _in_flight()

    def answer(self, response: HttpResponse) -> None:
        """Keep this as the answer."""
        self._mine().update(**_kept(response))

    def replace_answer(self, response: HttpResponse) -> None:
        """Keep this as the answer in place of the first one."""
        IdempotencyKey.objects.filter(pk=self.key_id, created_at=self.claimed_at).update(
            **_kept(response)
        )

    def release(self) -> None:
        """Nothing was done: the key is free again."""
        self._mine().delete()

    def _mine(self) -> Any:
        return IdempotencyKey.objects.filter(
            pk=self.key_id, created_at=self.claimed_at, status_code=None
        )


def idempotent(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view's method (`def post(self, request)`) honour `Idempotency-Key`.

    The method finds its Claim as `request.claim`, None where no key was sent. Invalid for a key
    that is too long, Unmet (422) for one that was used with another request, Conflict (409)
    while the first request is under way.
    """

    @functools.wraps(handler)
    def keyed(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER)
        request.claim = None  # type: ignore[attr-defined]
        if key is None or not request.user.is_authenticated:
            return handler(view, request, *args, **kwargs)
        found = take(_scope(request), _checked(key), fingerprint_of(request))
        if isinstance(found, IdempotencyKey):
            return _replay(found)
        request.claim = found  # type: ignore[attr-defined]
        return _run(found, view, request, lambda: handler(view, request, *args, **kwargs))

    keyed.is_idempotent = True  # type: ignore[attr-defined]
    return keyed


def take(scope: str, key: str, fingerprint: str) -> Claim | IdempotencyKey:
    """Claim the key, committed before anything is done for it; or the row with its answer.

    Unmet for a key of another request, Conflict while that request is under way.
    """
    now = timezone.now()
    row, is_new = IdempotencyKey.objects.get_or_create(
        scope=scope, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
    )
    if is_new:
        return Claim(row.pk, now)
    if row.created_at < now - KEPT:
        return _take_over(row, now, fingerprint)
    if row.fingerprint != fingerprint:
        raise Unmet(
            "This Idempotency-Key was used with another request. Choose a new one.",
            code="IDEMPOTENCY_KEY_REUSED",
        )
    if row.status_code is not None:
        return row
    if row.created_at > now - IN_FLIGHT:
        raise _in_flight()
    return _take_over(row, now, fingerprint)


def fingerprint_of(request: Request) -> str:
    """What makes two requests the same: organisation, method, path with query, and body.

    The order of a JSON body's keys, and spaces in it, make no difference.
    """
    parts = [
        request.headers.get("X-Organization", ""),
        request.method,
        request.get_full_path(),
        json.dumps(request.data, sort_keys=True, default=str),
    ]
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def forget_old_keys() -> None:
    """Delete the keys whose day is over."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


def _scope(request: Request) -> str:
    """Whose the key is: a program never gets an answer that was another's, or its maker's."""
    return caller_of(request)


def _checked(key: str) -> str:
    if not key or len(key) > _LONGEST_KEY or not key.isprintable():
        raise Invalid(
            f"An {HEADER} has 1 to {_LONGEST_KEY} printable characters.",
            code="IDEMPOTENCY_KEY_INVALID",
        )
    return key


def _in_flight() -> Conflict:
    return Conflict(
        "The first request with this Idempotency-Key is still under way.",
        code="IDEMPOTENCY_KEY_IN_FLIGHT",
        retry_after=1,
    )


def _take_over(row: IdempotencyKey, now: datetime, fingerprint: str) -> Claim:
    """Claim a row that nobody answers for any more. Conflict if another request was faster."""
    made = "" if row.status_code is not None else row.body or ""
    abandoned = IdempotencyKey.objects.filter(pk=row.pk, created_at=row.created_at)
    taken = abandoned.update(
        created_at=now, fingerprint=fingerprint, status_code=None, headers={}, body=made or None
    )
    if not taken:
        raise _in_flight()
    return Claim(row.pk, now, made)


def _run(
    claim: Claim, view: Any, request: Request, handle: Callable[[], HttpResponse]
) -> HttpResponse:
    try:
        response = _rendered(handle(), view, request)
    except _REFUSALS:
        claim.release()
        raise
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        claim.release()
        return response
    claim.answer(response)
    _keep_final_answer(claim, response, view, request)
    return response


def _keep_final_answer(claim: Claim, response: HttpResponse, view: Any, request: Request) -> None:
    """Where the caller waits for the end, that is the answer to keep."""
    waiter: Waiter | None = getattr(response, "waiter", None)
    if waiter is None:
        return

    def answer() -> HttpResponse:
        final = _rendered(waiter.answer(), view, request)
        claim.replace_answer(final)
        return final

    response.waiter = Waiter(waiter.is_over, answer)  # type: ignore[attr-defined]


def _rendered(response: HttpResponse, view: Any, request: Request) -> HttpResponse:
    """The response with its bytes. DRF would render it only after the view."""
    if isinstance(response, Response) and not response.is_rendered:
        response.accepted_renderer = request.accepted_renderer
        response.accepted_media_type = request.accepted_media_type
        response.renderer_context = view.get_renderer_context()  # type: ignore[attr-defined]
        response.render()
    return response


def _kept(response: HttpResponse) -> dict[str, Any]:
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    return {
        "status_code": response.status_code,
        "headers": headers,
        # As text, not as JSON: the second answer is the first one, byte for byte.
        "body": response.content.decode(),
    }


def _replay(row: IdempotencyKey) -> HttpResponse:
    return HttpResponse(
        row.body or "",
        status=row.status_code,
        headers={**row.headers, "Idempotent-Replayed": "true"},
    )
