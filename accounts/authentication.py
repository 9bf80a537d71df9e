"""Who calls the API: `Authorization: Bearer <JWT>` for people, `Bearer dsk_…` for programs."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts import sessions
from accounts.audit import address_of
from accounts.keys import opening
from accounts.keys.secret import PREFIX
from accounts.models import ApiKey, User
from accounts.rights import SCOPES
from didshop.errors import ShopError, Unauthenticated


class BadToken(Unauthenticated, AuthenticationFailed):
    """401 with a code that tells a client what to do. To DRF it is a failed authentication."""


class KeyAuthentication(BaseAuthentication):
    """An API key acts as whoever made it, within its scopes and its one organisation.

    It stands before BearerAuthentication, to which a key would be a broken JWT. A key is taken
    from the header alone: what stands in a URL ends up in logs and histories.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        secret = _bearer(request)
        if not secret.startswith(PREFIX):
            return None
        http_request = request._request  # noqa: SLF001 - DRF has no public name for it
        try:
            key = opening.open_with(secret, ip_address=address_of(http_request))
        except ShopError as refusal:
            raise BadToken(refusal.message, code=refusal.code) from refusal
        # For those who know Django's request only: the audit log, limits, Idempotency-Key.
        http_request.api_key = key  # type: ignore[attr-defined]  # ours, beside Django's own
        return key.created_by, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _bearer(request: Request) -> str:
    """What follows "Bearer" in the header; empty if anything else stands there."""
    scheme, _, credentials = get_authorization_header(request).decode("latin-1").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


class BearerAuthentication(JWTAuthentication):
    """An access token is good for as long as its session lives and its user may sign in."""

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            return AccessToken(raw_token)  # type: ignore[arg-type]  # bytes are what it decodes
        except ExpiredTokenError as error:
            raise BadToken(
                "The access token has expired. Get a new one with your refresh token.",
                code="TOKEN_EXPIRED",
            ) from error
        except TokenError as error:
            raise BadToken(
                "This is not an access token of this shop.", code="TOKEN_INVALID"
            ) from error

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]
        try:
            return sessions.live_session(validated_token).user
        except ShopError as refusal:
            raise BadToken(refusal.message, code=refusal.code) from refusal


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says the same in the schema."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token, from `auth/login`. Good for 15 minutes.",
        }


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Names API keys in the schema, for the endpoints that take them."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "dsk_…",
            "description": "An API key, for programs. It needs the scope that the endpoint names.",
        }

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """Nothing where only people are let in: DRF's schema then leaves keys out."""
        view, method = auto_schema.view, auto_schema.method
        permissions = {type(permission).__name__ for permission in view.get_permissions()}
        right = getattr(view, "rights", {}).get(method)
        is_for_people = "IsPerson" in permissions or (right is not None and right not in SCOPES)
        return None if is_for_people else super().get_security_requirement(auto_schema)
