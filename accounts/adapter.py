"""How allauth's pages open accounts, limit attempts and send mail in this shop."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.account.internal.stagekit import unstash_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import clean_client_ip
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from rest_framework.throttling import BaseThrottle

from accounts import devices
from accounts.entrance import limits, notices
from accounts.entrance.known_addresses import is_known
from accounts.models import User
from accounts.privacy.closing import check_not_reserved
from accounts.security.last_seen import SIGNED_IN
from didshop import outbox
from didshop.addresses import public_url
from didshop.errors import ShopError, TooManyRequests
from didshop.middleware import API_PREFIX

_DAY = 24 * 3600
_TOO_MANY = frozenset({"too_many_login_attempts", "rate_limited"})


class AccountAdapter(DefaultAccountAdapter):
    """Opens accounts as the API does, and leaves the sending of mail to a task."""

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: forms.Form,
        commit: bool = True,  # noqa: FBT001, FBT002 - allauth's signature
    ) -> User:
        """Open the account that the sign-up page asks for, with its organisation."""
        user = super().save_user(request, user, form, commit=False)
        user.company = form.cleaned_data.get("company", "")
        try:
            return User.objects.open_account(user) if commit else user
        except IntegrityError as error:
            # Somebody else took the address after the form had looked. The page does not tell.
            answer = prevent_enumeration(request, email=user.email)
            raise ImmediateHttpResponse(answer) from error

    def is_safe_url(self, url: str) -> bool:
        """Whether to go on to `url` after signing in: a page of the shop, as it was reached.

        ALLOWED_HOSTS, which allauth would add, has the address that probes come to as well.
        """
        return url_has_allowed_host_and_scheme(url, allowed_hosts=context.request.get_host())

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign `user` in to this browser's session, and mark it as one of their sign-ins."""
        super().login(request, user)
        request.session[SIGNED_IN] = True

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, by caller and by account. Raises TooManyRequests above the limits.

        At an account, attempts from everywhere are counted together, but those from where its
        owner has signed in before are counted apart: whoever tries passwords from elsewhere uses
        up their own attempts, not the owner's.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except TooManyRequests as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            raise limits.exceeded(request, "login_failed", key=key) from error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        email = credentials.get("email", "").strip().lower()
        address = self.get_client_ip(request)
        place = ratelimit.truncate_ip(address) if is_known(email=email, address=address) else ""
        return f"{email}|{place}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write a wrong password down, at sign-in and where it is asked for again."""
        notices.sign_in_failed(credentials.get("email", ""))

    def validation_error(self, code: str, *args: Any) -> ValidationError | ShopError:
        """allauth's errors of forms; one that tells of a limit is a 429 here, as everywhere."""
        if code not in _TOO_MANY:
            error: ValidationError = super().validation_error(code, *args)
            return error
        return limits.codes_exceeded(context.request, _half_signed_in(context.request))

    def clean_email(self, email: str) -> str:
        """Of the sign-up page, and of who changes their address."""
        check_not_reserved(email)
        return email

    def get_client_ip(self, request: HttpRequest) -> str:
        """The caller's address, by as many proxies as are trusted: the one that is throttled."""
        address: str | None = clean_client_ip(BaseThrottle().get_ident(request))  # type: ignore[arg-type]  # it reads META only
        if address is None:
            raise PermissionDenied("The caller has no address.")
        return address

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say something on the next page. Callers of the API have none."""
        if not request.path.startswith(API_PREFIX):
            super().add_message(request, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's mail into our outbox."""
        outbox.post(to=email, template=template_prefix, context=context | _facts(email, context))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return public_url(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _, token = key.partition("-")
        return public_url(
            reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        )


def _half_signed_in(request: HttpRequest) -> object:
    """The id of who has given the password and is asked for a code, or for a code again."""
    if request.user.is_authenticated:
        return request.user.pk
    login = unstash_login(request, peek=True)
    return login.user.pk if login and login.user else None


def _facts(email: str, given: dict[str, Any]) -> dict[str, Any]:
    """What allauth's mails may use besides what it gives.

    The links are ours: some of allauth's are built from the request's Host.
    """
    return {
        "email": email,
        "device": devices.in_words(given.get("user_agent", "")),
        "confirmation_days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
        "reset_days": settings.PASSWORD_RESET_TIMEOUT // _DAY,
        "links": {
            "reset": public_url(reverse("account_reset_password")),
            "sign_up": public_url(reverse("account_signup")),
        },
    }
