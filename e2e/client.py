"""A customer of the API, over real HTTP."""

import uuid
from typing import Any

import requests


class Customer:
    """Registers, and calls the API with a bearer token."""

    PASSWORD = "Test123!"

    def __init__(self, url: str, email: str = "") -> None:
        self.url = f"{url}/api/v1"
        self.email = email or f"{uuid.uuid4().hex}@example.com"
        self.http = requests.Session()
        answer = self.post(
            "auth/register",
            {
                "email": self.email,
                "password": self.PASSWORD,
                "firstName": "Test",
                "lastName": "User",
            },
        )
        assert answer.status_code == 201, answer.text
        self.user = answer.json()["user"]
        token = answer.json()["tokens"]["accessToken"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.http.get(f"{self.url}/{path}", params=query, timeout=60)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> requests.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(f"{self.url}/{path}", json=body, headers=names, timeout=60)

    def confirms_address(self, link: str) -> None:
        """Follow the link of the mail and press its button: pages let nobody in before."""
        browser = requests.Session()
        browser.get(link, timeout=60).raise_for_status()
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        answer = browser.post(link, form, allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text

    def adds_card(self, card: str = "pm_card_visa") -> str:
        """Put a card on file; its id."""
        answer = self.post("billing/payment-method", {"paymentMethodId": card})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def finds(self, **query: Any) -> list[str]:
        """Numbers that a search answers with, in E.164."""
        answer = self.get("numbers/search", **{"countryCode": "US", "areaCode": "415", **query})
        assert answer.status_code == 200, answer.text
        return [number["phoneNumber"] for number in answer.json()["numbers"]]

    def buys(self, *numbers: str, wait: int = 10) -> dict[str, Any]:
        """Purchase, waiting for the end of the order."""
        answer = self.post(
            "numbers/purchase",
            {"phoneNumbers": [{"phoneNumber": number} for number in numbers]},
            Prefer=f"wait={wait}",
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())
