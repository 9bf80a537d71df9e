"""`/api/v1/auth/*` but for `me`: parse, call one verb, serialise."""

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import organizations, sessions
from accounts.entrance import confirming, limits, login, notices, registration, resetting
from accounts.entrance.serializers import (
    ConfirmationSerializer,
    ConfirmedSerializer,
    CredentialsSerializer,
    ForgottenSerializer,
    RefreshTokenSerializer,
    RegistrationSerializer,
    ResendingSerializer,
    ResetSerializer,
    SignedInSerializer,
    TokensSerializer,
    ToldSerializer,
)
from accounts.models import User
from accounts.rights import key_of
from didshop.errors import Invalid
from didshop.schema import refusal
from didshop.serializers import checked


class OpenView(APIView):
    """For callers without an access token: one that has expired must not be in their way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class RegisterView(OpenView):
    throttle_scope = "register"

    @extend_schema(
        operation_id="register",
        summary="Register",
        request=RegistrationSerializer,
        responses={201: SignedInSerializer, 409: refusal("USER_EXISTS")},
    )
    def post(self, request: Request) -> Response:
        """Open an account with an organisation of its own, and sign in to it."""
        limits.hold(request, "signup")
        user = registration.register(**checked(RegistrationSerializer, request.data))
        return _signed_in(request, user, status.HTTP_201_CREATED)


class LoginView(OpenView):
    throttle_scope = "login"

    @extend_schema(
        operation_id="login",
        summary="Log in",
        request=CredentialsSerializer,
        responses={
            200: SignedInSerializer,
            401: refusal("INVALID_CREDENTIALS, OTP_REQUIRED or INVALID_OTP"),
            403: refusal("ACCOUNT_DEACTIVATED"),
        },
    )
    def post(self, request: Request) -> Response:
        """Start a session: a family of refresh tokens with its access tokens."""
        limits.hold(request, "login")
        user = login.authenticate(request, **checked(CredentialsSerializer, request.data))
        return _signed_in(request, user, status.HTTP_200_OK)


class RefreshView(OpenView):
    @extend_schema(
        operation_id="refresh",
        summary="Refresh",
        request=RefreshTokenSerializer,
        responses={
            200: TokensSerializer,
            401: refusal(
                "TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REUSED, SESSION_ENDED or PASSWORD_CHANGED"
            ),
            403: refusal("ACCOUNT_DEACTIVATED"),
        },
    )
    def post(self, request: Request) -> Response:
        """Trade a refresh token for new tokens. Used a second time, it ends the session."""
        tokens = sessions.rotate(_refresh_token(request))
        return Response(TokensSerializer(tokens).data)


class LogoutView(OpenView):
    @extend_schema(
        operation_id="logout",
        summary="Log out",
        request=RefreshTokenSerializer,
        responses={204: None, 401: refusal("TOKEN_INVALID or TOKEN_EXPIRED")},
    )
    def post(self, request: Request) -> Response:
        """End the session of a refresh token, and the access tokens that it gave out."""
        sessions.end(_refresh_token(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgotPasswordView(OpenView):
    throttle_scope = "mail"

    @extend_schema(
        operation_id="forgotPassword",
        summary="Forgot password",
        request=ForgottenSerializer,
        responses={202: ToldSerializer},
    )
    def post(self, request: Request) -> Response:
        """Have a token mailed. The answer does not tell whether the address has an account."""
        email = checked(ForgottenSerializer, request.data)["email"].lower()
        limits.hold(request, "reset_password", key=email)
        resetting.ask(_http(request), email=email)
        return _told("If there is an account with this address, a mail is on its way to it.")


class ResetPasswordView(OpenView):
    throttle_scope = "token"

    @extend_schema(
        operation_id="resetPassword",
        summary="Reset password",
        request=ResetSerializer,
        responses={
            200: ToldSerializer,
            400: refusal(
                "VALIDATION_ERROR, TOKEN_MALFORMED, TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_USED"
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Set a new password with the token of the mail. All sessions end."""
        limits.hold(request, "reset_password_from_key")
        resetting.reset(_http(request), **checked(ResetSerializer, request.data))
        sentence = "The password has been changed and all sessions have ended. Sign in with it."
        return _told(sentence, status.HTTP_200_OK)


class VerifyEmailView(OpenView):
    throttle_scope = "token"

    @extend_schema(
        operation_id="verifyEmail",
        summary="Verify an e-mail address",
        parameters=[ConfirmationSerializer],
        responses={
            200: ConfirmedSerializer,
            400: refusal(
                "VALIDATION_ERROR, TOKEN_MALFORMED, TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_USED"
            ),
            409: refusal("EMAIL_TAKEN"),
        },
    )
    def get(self, request: Request) -> Response:
        """Confirm an address with the token of the mail."""
        token = checked(ConfirmationSerializer, request.query_params)["token"]
        confirming.confirm(_http(request), token=token)
        return Response({"email_verified": True})


class ResendVerificationView(APIView):
    # Without a token it is for strangers, who name an address.
    permission_classes = (AllowAny,)
    throttle_scope = "mail"

    @extend_schema(
        operation_id="resendVerification",
        summary="Resend the verification",
        request=ResendingSerializer,
        responses={202: ToldSerializer},
    )
    def post(self, request: Request) -> Response:
        """Have the confirmation mailed again, at most once in three minutes.

        The answer does not tell whether the address has an account. Without `email` it goes to
        the address of whoever is signed in.
        """
        email = checked(ResendingSerializer, request.data).get("email") or _own_address(request)
        confirming.send_again(_http(request), email=email)
        return _told("If this address waits for confirmation, a mail is on its way to it.")


def _own_address(request: Request) -> str:
    if not request.user.is_authenticated or key_of(request) is not None:
        sentence = "Name the address, or sign in."
        raise Invalid("Validation error", details=[{"field": "email", "message": sentence}])
    return confirming.address_of(organizations.user_of(request))


def _http(request: Request) -> HttpRequest:
    """Django's request inside of DRF's, which is what allauth takes."""
    return request._request  # noqa: SLF001 - DRF has no public name for it


def _told(message: str, status_code: int = status.HTTP_202_ACCEPTED) -> Response:
    return Response(ToldSerializer({"message": message}).data, status=status_code)


def _refresh_token(request: Request) -> str:
    token: str = checked(RefreshTokenSerializer, request.data)["refresh_token"]
    return token


def _signed_in(request: Request, user: User, status_code: int) -> Response:
    with transaction.atomic():
        notices.signed_in(user, how="api")
        tokens = sessions.start(
            user,
            device=request.headers.get("User-Agent", ""),
            ip_address=get_adapter().get_client_ip(request),
        )
    answer = SignedInSerializer({"user": user, "tokens": tokens})
    return Response(answer.data, status=status_code)
