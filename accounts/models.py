"""Who: users, the organisations that own everything, memberships and API sessions."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower

from didshop.fields import Record


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address, which is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        return self.open_account(user)

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
