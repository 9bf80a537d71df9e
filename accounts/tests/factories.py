"""People for tests: `UserFactory()` has an organisation of their own, as everyone has."""

from typing import Any

import factory
from factory.django import DjangoModelFactory
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import Organization, User

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory[User]):
    """A customer who signs in with PASSWORD and owns an organisation."""

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person{number}@example.com")
    first_name = "Alice"
    last_name = "Ames"
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(**kwargs)


def organization_of(user: User) -> Organization:
    """The organisation that they own."""
    return Organization.objects.get(memberships__user=user, memberships__role="OWNER")


def api_client(user: User) -> APIClient:
    """A client of the API, signed in as `user` with an access token."""
    client = APIClient()
    tokens = sessions.start(user)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access_token}")
    return client
