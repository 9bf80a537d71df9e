"""`/api/v1/auth/*`."""

from allauth.account.adapter import get_adapter
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import login, organizations, registration, sessions
from accounts.models import User
from accounts.serializers import (
    CredentialsSerializer,
    MeSerializer,
    RefreshTokenSerializer,
    RegistrationSerializer,
    SignedInSerializer,
    TokensSerializer,
)
from didshop.schema import ErrorSerializer


def _refusal(codes: str) -> OpenApiResponse:
    return OpenApiResponse(ErrorSerializer, description=f"{codes}.")


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
        responses={201: SignedInSerializer, 409: _refusal("USER_EXISTS")},
    )
    def post(self, request: Request) -> Response:
        """Open an account with an organisation of its own, and sign in to it."""
        body = RegistrationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = registration.register(**body.validated_data)
        return _signed_in(request, user, status.HTTP_201_CREATED)


class LoginView(OpenView):
    throttle_scope = "login"

    @extend_schema(
        operation_id="login",
        summary="Log in",
        request=CredentialsSerializer,
        responses={
            200: SignedInSerializer,
            401: _refusal("INVALID_CREDENTIALS"),
            403: _refusal("ACCOUNT_DEACTIVATED"),
        },
    )
    def post(self, request: Request) -> Response:
        """Start a session: a family of refresh tokens with its access tokens."""
        body = CredentialsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = login.authenticate(request, **body.validated_data)
        return _signed_in(request, user, status.HTTP_200_OK)


class RefreshView(OpenView):
    @extend_schema(
        operation_id="refresh",
        summary="Refresh",
        request=RefreshTokenSerializer,
        responses={
            200: TokensSerializer,
            401: _refusal(
                "TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REUSED, SESSION_ENDED or PASSWORD_CHANGED"
            ),
            403: _refusal("ACCOUNT_DEACTIVATED"),
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
        responses={204: None, 401: _refusal("TOKEN_INVALID or TOKEN_EXPIRED")},
    )
    def post(self, request: Request) -> Response:
        """End the session of a refresh token, and the access tokens that it gave out."""
        sessions.end(_refresh_token(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    # A key may ask what it is of.
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="me", summary="Who am I", responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        """The user that the access token is of, and the organisation that they act for."""
        user = organizations.user_of(request)
        membership = organizations.membership(request)
        answer = MeSerializer(user, context={"membership": membership})
        return Response(answer.data)


def _refresh_token(request: Request) -> str:
    body = RefreshTokenSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    token: str = body.validated_data["refresh_token"]
    return token


def _signed_in(request: Request, user: User, status_code: int) -> Response:
    tokens = sessions.start(
        user,
        device=request.headers.get("User-Agent", ""),
        ip_address=get_adapter().get_client_ip(request),
    )
    answer = SignedInSerializer({"user": user, "tokens": tokens})
    return Response(answer.data, status=status_code)
