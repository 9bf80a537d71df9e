"""The development page of mail: what the shop has sent, where it goes into files.

Mail backends that send it on leave nothing to show. The pages are there with DEBUG alone.
"""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin

_FILES = "django.core.mail.backends.filebased.EmailBackend"
# What Django puts behind every mail of a file.
_SEPARATOR = b"\n" + b"-" * 79 + b"\n"
_MOST = 100
_HEAD = re.compile(r"<head[^>]*>")

# A mail is somebody's document: it may look as it likes, and nothing else. Its links open in the
# place of the page around it.
_MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


@dataclass(frozen=True)
class SentMail:
    """A mail in a file: `name` is the file's and where in it the mail stands."""

    name: str
    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def sent_at(self) -> datetime | None:
        return getattr(self.message["Date"], "datetime", None)

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


View = Callable[..., HttpResponseBase]


def _with_debug(view: View) -> View:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@_with_debug
def mails(request: HttpRequest) -> HttpResponse:
    """GET /dev/mail/: the newest mails."""
    context = {"mails": _newest(), "folder": _folder(), "most": _MOST}
    return render(request, "dev/mail_list.html", context)


@_with_debug
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """GET /dev/mail/<name>/: one of them, as HTML and as text."""
    return render(request, "dev/mail.html", {"mail": _find(name)})


@_with_debug
@xframe_options_sameorigin
@csp(_MAIL_POLICY)  # type: ignore[arg-type]
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """GET /dev/mail/<name>/html: its HTML alone, for the frame of the page above."""
    html = _find(name).html
    if not html:
        raise Http404
    return HttpResponse(_HEAD.sub(r'\g<0><base target="_top">', html, count=1))


urlpatterns = [
    path("dev/mail/", mails, name="dev-mail"),
    path("dev/mail/<str:name>/", mail, name="dev-mail-one"),
    path("dev/mail/<str:name>/html", mail_html, name="dev-mail-html"),
]


def _folder() -> Path | None:
    """Where mails are put, if they are put into files."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    return Path(folder) if folder and settings.EMAIL_BACKEND == _FILES else None


def _newest() -> list[SentMail]:
    found: list[SentMail] = []
    for file in _files():
        found += _mails_in(file)
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _files() -> list[Path]:
    """The files of the folder, the newest first."""
    folder = _folder()
    if folder is None or not folder.is_dir():
        return []
    return sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)


def _mails_in(file: Path) -> Iterator[SentMail]:
    """The mails of one file, the newest first."""
    parts = [part for part in file.read_bytes().split(_SEPARATOR) if part.strip()]
    for place in reversed(range(len(parts))):
        message = message_from_bytes(parts[place], policy=policy.default)
        yield SentMail(name=f"{file.stem}.{place}", message=message)


def _find(name: str) -> SentMail:
    """The mail of that name. It is looked for among those that are there: no path is made of it."""
    stem = name.rpartition(".")[0]
    mails = (mail for file in _files() if file.stem == stem for mail in _mails_in(file))
    found = next((mail for mail in mails if mail.name == name), None)
    if found is None:
        raise Http404
    return found
