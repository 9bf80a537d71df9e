"""docs/api.md says of each scope who can give it; the table of rights decides."""

import re

import pytest
from django.conf import settings

from accounts.keys import opening
from accounts.models import Membership
from accounts.rights import RIGHTS, SCOPES, Right

DOCS = (settings.BASE_DIR / "docs" / "api.md").read_text()
MAKERS = [role for role in Membership.Role if Right.KEYS_WRITE in RIGHTS[role]]


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_stands_there_with_who_can_give_it(scope: Right) -> None:
    row = re.search(rf"^\| `{scope.value}` \| .+ \| (.+) \|$", DOCS, re.MULTILINE)
    assert row, scope
    able = [role.label.lower() for role in MAKERS if scope in RIGHTS[role]]
    assert row[1] == ", ".join(able)


def test_each_refusal_stands_there() -> None:
    for state, (code, _) in opening.REFUSALS.items():
        assert re.search(rf"^\| `{code}` \| .+ \| `{state}` \|$", DOCS, re.MULTILINE), code
