"""The table of rights as people read it: the page and docs/roles.md, both from one place."""

from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Membership, User
from accounts.rights import RIGHTS, Right
from accounts.team.roles import EXPLAINED, table
from accounts.team.tests.conftest import PagesOf

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "roles.md"


def as_markdown() -> str:
    """The tables of docs/roles.md, as they have to be."""
    roles = [f"| {role.label} | `{role.value}` | {text} |" for role, text in EXPLAINED.items()]
    head = " | ".join(role.label for role in Membership.Role)
    rights = [
        f"| {row.right.label} | `{row.right.value}` | "
        + " | ".join("yes" if has_it else "" for _, has_it in row.has_it)
        + f" | {'yes' if row.is_scope else ''} |"
        for row in table()
    ]
    marks = " | ".join(":-:" for _ in range(len(Membership.Role) + 1))
    return "\n".join(
        [
            "| role | in the API | in words |",
            "| --- | --- | --- |",
            *roles,
            "",
            f"| right | in the API | {head} | API key |",
            f"| --- | --- | {marks} |",
            *rights,
        ]
    )


def test_the_document_shows_the_table_that_holds() -> None:
    assert as_markdown() in DOCUMENT.read_text(), f"docs/roles.md needs:\n\n{as_markdown()}"


def test_every_role_is_explained() -> None:
    assert list(EXPLAINED) == list(Membership.Role)


@pytest.mark.django_db
def test_the_page_shows_the_same(alice: User, pages_of: PagesOf) -> None:
    rows = pages_of(alice).get("/team/roles/").context["rows"]
    shown = {(row.right, role) for row in rows for role, has_it in row.has_it if has_it}
    assert shown == {(right, role.label) for role, rights in RIGHTS.items() for right in rights}
    assert [row.right for row in rows] == list(Right)
