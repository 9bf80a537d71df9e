"""The development page of mail: what it shows, and to whom it shows nothing."""

import os
import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

pytestmark = pytest.mark.urls("didshop.tests.dev_urls")

HTML = "<!doctype html><html><head><title>x</title></head><body><a href='/there/'>Go</a></body>"


@pytest.fixture
def folder(settings, tmp_path):
    """Where mails go, with a secret beside it."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    (tmp_path / "secret.log").write_text("Subject: secret\n\nsecret")
    return tmp_path / "mail"


def write(subject, text="Hello", html=HTML):
    message = EmailMultiAlternatives(subject, text, "shop@example.com", ["alice@example.com"])
    if html:
        message.attach_alternative(html, "text/html")
    return message


def send(subject, **parts):
    write(subject, **parts).send()


def listed(client):
    """The mails of the list: their paths and subjects."""
    page = client.get("/dev/mail/").content.decode()
    return re.findall(r'href="(/dev/mail/[\d.-]+/)">([^<]*)<', page)


def test_they_are_listed_newest_first(client, db, folder):
    for place, subject in enumerate(["First", "Second", "Größe <b>"]):
        send(subject)
        # Django names a file by the second, so that two mails may come into one.
        (file,) = set(folder.iterdir()) - set(folder.glob("2026-*.log"))
        os.utime(file, (place, place))
        file.rename(folder / f"2026-{place}.log")

    assert [subject for _, subject in listed(client)] == ["Größe &lt;b&gt;", "Second", "First"]


def test_one_is_shown_as_html_and_as_text(client, db, folder):
    send("Hello", text="Follow http://127.0.0.1:8000/there/a:b:c/\n<b>now</b>")
    ((path, _),) = listed(client)

    page = client.get(path)

    assert f'src="{path}html"' in page.content.decode()
    assert 'href="http://127.0.0.1:8000/there/a:b:c/"' in page.content.decode()
    assert "&lt;b&gt;now&lt;/b&gt;" in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_its_html_runs_nothing_and_is_framed_by_us_alone(client, db, folder):
    send("Hello", html=HTML.replace("</body>", "<script>alert(1)</script></body>"))
    ((path, _),) = listed(client)

    answer = client.get(f"{path}html")

    assert b'<head><base target="_top">' in answer.content
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer.headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-top-navigation-by-user-activation",
    }


def test_one_without_html_is_shown_as_text_alone(client, db, folder):
    send("Plain", html="")
    ((path, _),) = listed(client)

    assert b"<iframe" not in client.get(path).content
    assert client.get(f"{path}html").status_code == 404


def test_several_in_one_file_are_several(client, db, folder):
    get_connection().send_messages([write("First"), write("Second")])
    (_,) = folder.iterdir()

    mails = listed(client)

    assert sorted(subject for _, subject in mails) == ["First", "Second"]
    for path, subject in mails:
        assert f"<h1>{subject}</h1>" in client.get(path).content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "..%2Fsecret.0",
        "%2E%2E/secret.0",
        "..%5Csecret.0",
        "secret.0",
        "%2Fetc%2Fpasswd.0",
        "20260101-000000-1.0",
        "*.0",
        "x",
        ".",
    ],
)
def test_what_is_not_a_mail_is_not_there(client, db, folder, name):
    send("Hello")

    for path in (f"/dev/mail/{name}/", f"/dev/mail/{name}/html"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert b"secret\n" not in answer.content


def test_a_mail_of_which_the_place_is_wrong_is_not_there(client, db, folder):
    send("Hello")
    ((path, _),) = listed(client)

    assert client.get(path.replace(".0/", ".1/")).status_code == 404
    assert client.get(path.replace(".0/", ".-1/")).status_code == 404
    assert client.get(path.replace(".0/", "/")).status_code == 404


def test_before_the_first_mail_it_says_what_to_do(client, db, folder):
    assert b"No mail yet" in client.get("/dev/mail/").content


def test_where_mail_goes_out_there_is_none_to_show(client, db, folder, settings):
    send("Hello")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    page = client.get("/dev/mail/").content.decode()

    assert "Mail goes out" in page
    assert "/dev/mail/2" not in page


def test_in_production_there_is_no_such_page(client, db, folder, settings):
    send("Hello")
    ((path, _),) = listed(client)
    settings.DEBUG = False

    for closed in ("/dev/mail/", path, f"{path}html"):
        assert client.get(closed).status_code == 404


def test_pages_that_say_look_in_your_mail_lead_there(client, db):
    for path in ("/accounts/confirm-email/", "/accounts/password/reset/done/"):
        assert b'href="/dev/mail/"' in client.get(path).content
