"""Who calls: each role, each key scope, strangers, another customer, and staff."""

from dataclasses import dataclass
from enum import Enum

from accounts.models import Membership
from accounts.rights import RIGHTS, SCOPES, Right


class Walks(Enum):
    """Where a caller tries. What differs nowhere is tried by one who stands for the others."""

    EVERYWHERE = "everywhere"
    # The admin asks who is of the staff, and never for a role.
    BESIDE_THE_ADMIN = "all but the admin"
    # To pages a key is nothing, whatever its scopes.
    THE_API = "the API"


class Whose(Enum):
    """Whose objects stand in the URLs that a caller asks for."""

    THEIRS = "the caller's own, or their organisation's"
    ANOTHER_CUSTOMERS = "another organisation's"
    A_COLLEAGUES = "personal things of a colleague"


@dataclass(frozen=True)
class Caller:
    """`user` names somebody of the world. With `key` they come by API key, with these scopes."""

    name: str
    user: str = ""
    rights: frozenset[Right] = frozenset()
    key: frozenset[Right] | None = None
    whose: Whose = Whose.THEIRS
    is_staff: bool = False
    # In X-Organization: Alice's, of which the caller is no member.
    names_foreign_organization: bool = False
    is_superuser: bool = False
    walks: Walks = Walks.EVERYWHERE

    def tries(self, template: str) -> bool:
        """Whether they call a URL at all."""
        if self.walks is Walks.THE_API:
            return template.startswith("api/")
        return self.walks is Walks.EVERYWHERE or not template.startswith("admin/")

    @property
    def is_program(self) -> bool:
        return self.key is not None

    def __str__(self) -> str:
        return self.name


_EVERYTHING = frozenset(SCOPES)
_OWNER = RIGHTS[Membership.Role.OWNER]
_VIEWER = RIGHTS[Membership.Role.VIEWER]

CALLERS = [
    Caller("anonymous"),
    Caller("OWNER", user="OWNER", rights=_OWNER),
    *(
        Caller(role.value, user=role.value, rights=RIGHTS[role], walks=Walks.BESIDE_THE_ADMIN)
        for role in RIGHTS
        if role is not Membership.Role.OWNER
    ),
    Caller("key without scopes", user="OWNER", key=frozenset()),
    *(
        Caller(
            f"key with {scope}",
            user="OWNER",
            rights=frozenset({scope}),
            key=frozenset({scope}),
            walks=Walks.THE_API,
        )
        for scope in SCOPES
    ),
    Caller(
        "key of a viewer with every scope",
        user="VIEWER",
        rights=_EVERYTHING & _VIEWER,
        key=_EVERYTHING,
        walks=Walks.THE_API,
    ),
    Caller(
        "another owner",
        user="CHARLIE",
        rights=_OWNER,
        whose=Whose.ANOTHER_CUSTOMERS,
        walks=Walks.BESIDE_THE_ADMIN,
    ),
    Caller(
        "another owner's key",
        user="CHARLIE",
        rights=_EVERYTHING,
        key=_EVERYTHING,
        whose=Whose.ANOTHER_CUSTOMERS,
        walks=Walks.THE_API,
    ),
    Caller(
        "another owner who names this organisation",
        user="CHARLIE",
        rights=_OWNER,
        whose=Whose.ANOTHER_CUSTOMERS,
        walks=Walks.THE_API,
        names_foreign_organization=True,
    ),
    Caller(
        "a colleague",
        user="ADMIN",
        rights=RIGHTS[Membership.Role.ADMIN],
        whose=Whose.A_COLLEAGUES,
        walks=Walks.BESIDE_THE_ADMIN,
    ),
    Caller("staff", user="STAFF", rights=_OWNER, is_staff=True, whose=Whose.ANOTHER_CUSTOMERS),
    Caller(
        "superuser",
        user="SUPERUSER",
        rights=_OWNER,
        is_staff=True,
        is_superuser=True,
        whose=Whose.ANOTHER_CUSTOMERS,
    ),
]
