"""The ZIP of an export: each section as JSON for programs and as CSV for people.

Rows go from the database into a file one by one; the whole is never in memory.
"""

import csv
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Membership, Organization, User
from accounts.privacy.own_sections import PERSONAL
from accounts.privacy.registry import Row, Rows, sections
from didshop.outbox import SHOP_NAME
from didshop.spreadsheets import safe_cell

_INTRODUCTION = """\
A copy of the data of {email} at {shop}
Made on {now:%A, %d %B %Y, %H:%M} UTC

Everything stands here twice: the .json files are for programs, the .csv files open in a
spreadsheet. Times are in UTC. Money stands with its currency. An id such as
organization_id or number_id leads to the row with that id in another file. An empty
file says that there is nothing of the kind.

Not in here: your password, second factors and API keys, which we keep in a form that
nobody can read, ourselves included; and the numbers of your cards, which never reached us.
"""


def write(user: User, target: IO[bytes]) -> None:
    """Write the ZIP of everything that the user's account holds.

    What is about the person stands under `you/`, and each organisation that they own under
    `organisations/`. README.txt says what each file is.
    """
    told: list[str] = [_introduction(user)]
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for folder, name, about, rows in _files(user):
            _add(archive, f"{folder}/{name}", rows)
            told.append(f"{folder}/{name}\n    {about}\n")
        archive.writestr("README.txt", "\n".join(told))


def _introduction(user: User) -> str:
    return _INTRODUCTION.format(email=user.email, shop=SHOP_NAME, now=timezone.now())


def _files(user: User) -> Iterator[tuple[str, str, str, Rows]]:
    for personal in PERSONAL:
        yield "you", personal.name, personal.about, personal.rows(user)
    owned = Organization.objects.filter(
        memberships__user=user, memberships__role=Membership.Role.OWNER
    )
    for organization in owned.order_by("id"):
        folder = _folder(organization)
        for section in sections():
            yield folder, section.name, section.about, section.rows(organization)


def _folder(organization: Organization) -> str:
    """Readable, and no other's: names may be the same, or leave nothing that a file may have."""
    name = slugify(organization.name)[:40] or "organisation"
    return f"organisations/{name}-{str(organization.pk)[-6:]}"


def _add(archive: ZipFile, path: str, rows: Rows) -> None:
    """Both files in one reading; a ZIP takes one at a time, so they are written beside it."""
    with tempfile.TemporaryDirectory() as folder:
        as_json, as_csv = Path(folder, "rows.json"), Path(folder, "rows.csv")
        with as_json.open("w") as programs, as_csv.open("w", newline="") as people:
            _write_rows(rows, programs, people)
        archive.write(as_json, f"{path}.json")
        archive.write(as_csv, f"{path}.csv")


def _write_rows(rows: Rows, programs: IO[str], people: IO[str]) -> None:
    table = csv.writer(people)
    separator = "[\n"
    for place, row in enumerate(rows):
        if place == 0:
            table.writerow(_readable(name) for name in row)
        table.writerow(_cell(value) for value in row.values())
        programs.write(separator + _json(row))
        separator = ",\n"
    programs.write("[]\n" if separator == "[\n" else "\n]\n")


def _json(row: Row) -> str:
    named = {_readable(name): value for name, value in row.items()}
    return json.dumps(named, cls=DjangoJSONEncoder, ensure_ascii=False)


def _readable(name: str) -> str:
    """A column's name: a look-up such as "user__email" is two words to its reader."""
    return re.sub("__", "_", name)


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        value = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return safe_cell(value)
