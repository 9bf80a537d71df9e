"""Who calls the API: `Authorization: Bearer <JWT>`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts import sessions
from accounts.models import User
from didshop.errors import ShopError, Unauthenticated


class BadToken(Unauthenticated, AuthenticationFailed):
    """401 with a code that tells a client what to do. To DRF it is a failed authentication."""


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
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
