"""Who: users, the organisations that own everything, memberships, keys, sessions, the audit log."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower

from didshop.append_only import AppendOnly
from didshop.fields import Record


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address, which is kept in lower case."""

    def create_user(
        self, email: str, password: str | None = None, *, confirmed: bool = True, **fields: Any
    ) -> "User":
        """Open an account by hand: the command line, demo data and tests do, never a stranger.

        The address counts as confirmed, for whoever makes the account answers for it.
        """
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            self.open_account(user)
            EmailAddress.objects.using(self._db).create(
                user=user, email=user.email, primary=True, verified=confirmed
            )
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=User.Role.SUPER_ADMIN, **fields)

    def open_account(self, user: "User") -> "User":
        """Save a new user together with an organisation that they own.

        Every way in (API, pages, admin, command line) comes through here, so that nobody is
        without an organisation. Raises IntegrityError when the e-mail address is taken.
        """
        with transaction.atomic(using=self._db):
            user.save(using=self._db, force_insert=True)
            organization = Organization.objects.using(self._db).create(
                name=user.company or user.get_full_name() or user.email
            )
            Membership.objects.using(self._db).create(
                user=user, organization=organization, role=Membership.Role.OWNER
            )
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A person. What they own belongs to an organisation, never to them."""

    class Role(models.TextChoices):
        USER = "USER", "Customer"
        ADMIN = "ADMIN", "Staff"
        SUPER_ADMIN = "SUPER_ADMIN", "Superuser"

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100, blank=True)
    company = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.USER)
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Django's flag gives way to the role below.
    is_superuser = property(lambda self: self.role == User.Role.SUPER_ADMIN)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name"]

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]
        permissions = [("impersonate_user", "Can act in a customer's place")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Whether they may enter the admin."""
        return self.role in (User.Role.ADMIN, User.Role.SUPER_ADMIN)

    @property
    def is_email_verified(self) -> bool:
        """Whether they have shown that mail to their address reaches them."""
        addresses = EmailAddress.objects.filter(user=self, email=self.email, verified=True)
        return bool(addresses.exists())

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Staff may look at everything; what they may change, their groups say."""
        is_looking = perm.rpartition(".")[2].startswith("view_")
        return (is_looking and self._is_staff_at_work) or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self._is_staff_at_work or super().has_module_perms(app_label)

    @property
    def _is_staff_at_work(self) -> bool:
        return self.is_active and self.is_staff

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Organization(Record):
    """Owns numbers, orders, money and keys. Everyone gets one of their own at registration."""

    name = models.CharField(max_length=200)
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="organizations"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Membership(Record):
    """A user's place in an organisation."""

    class Role(models.TextChoices):
        OWNER = "OWNER", "Owner"
        ADMIN = "ADMIN", "Administrator"
        MEMBER = "MEMBER", "Member"
        BILLING = "BILLING", "Billing"
        VIEWER = "VIEWER", "Viewer"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"


class Invitation(Record):
    """A place in an organisation, offered to an e-mail address until it is taken or withdrawn."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Membership.Role)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # SHA-256 of the link's token. The token itself stands in the mail alone.
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                name="one_open_invitation_each",
                condition=models.Q(accepted_at=None, revoked_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def of(self, organization: Organization) -> "ApiKeyQuerySet":
        return self.filter(organization=organization)

    def live(self, now: datetime) -> "ApiKeyQuerySet":
        """Those that open something at `now`."""
        is_expired = models.Q(expires_at__lte=now)
        return self.filter(revoked_at=None).exclude(is_expired)


class ApiKey(Record):
    """A program's way in: bound to one organisation, its scopes, and what its maker may do."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="keys")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    # The first characters, by which people tell keys apart: "dsk_4fGh2K…".
    prefix = models.CharField(max_length=12)
    # SHA-256 of the whole key, which is random enough not to need a slow hash.
    key_hash = models.CharField(max_length=64, unique=True)
    # Values of accounts.rights.Right, of those in SCOPES.
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(AppendOnly):
    """One security-relevant act: who did what, to what, when, from where. Append only.

    `organization` is whose act it was, empty for what is about a person alone (a sign-in, a
    changed password). `actor` is empty where the shop itself acted or nobody is known.
    """

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The member of staff behind the actor, where one acts in a customer's place.
    impersonator = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # A value of accounts.audit.Act.
    act = models.CharField(max_length=40)
    # What it was done to: a model's name and a row's id, such as "membership" and a UUID.
    target_kind = models.CharField(max_length=30, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    # Facts of the act without secrets, and without anybody's name or address.
    details = models.JSONField(default=dict, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["organization", "-id"], name="audit_by_organization"),
            models.Index(fields=["actor", "act", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.act} by {self.actor or 'the shop'}"


class DataExport(Record):
    """A copy of everything that an account holds, made by a task and kept for some days."""

    class Status(models.TextChoices):
        WAITING = "WAITING", "Being made"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    # The ZIP. In the database, because any web process may be asked for it.
    content = models.BinaryField(null=True, editable=False)
    size_bytes = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Data of {self.user}"


class Session(Record):
    """One API sign-in: a family of refresh tokens of which only the newest is good."""

    LONGEST_DEVICE = 200

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_sessions")
    # The `jti` of the one refresh token that may still be used.
    current_jti = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    is_revoked = models.BooleanField(default=False)
    device = models.CharField(max_length=LONGEST_DEVICE, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at"])]

    def __str__(self) -> str:
        return f"{self.user} on {self.device or 'an unknown device'}"
