"""A person at the shop's pages, who reads what stands there and presses what they see."""

import re
import uuid

from playwright.sync_api import Locator, Page, expect

PASSWORD = "correct-horse-9-battery"
# Into the mails, until the one has come.
_LOOKS = 50


class Visitor:
    """Named after what people do; finds things by their words, not by their markup."""

    def __init__(self, page: Page, shop: str) -> None:
        self.page = page
        self.shop = shop

    def goes_to(self, path: str) -> None:
        self.page.goto(f"{self.shop}{path}")

    def signs_up(self) -> str:
        """Open an account from the page that is shown; the e-mail address."""
        email = f"{uuid.uuid4().hex[:12]}@example.com"
        self.page.get_by_label("First name").fill("Erin")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.button("Create the account").click()
        return email

    def confirms_address(self, email: str) -> None:
        """Read the mail that came after signing up, and follow its link."""
        self.sees_heading("Look in your mail")
        self.link("its mails are shown here").click()
        mail = self.page.locator("tr").filter(has_text=email).get_by_role("link")
        for _ in range(_LOOKS):
            if mail.count():
                break
            self.page.wait_for_timeout(200)
            self.link("Look again").click()
        mail.click()
        frame = self.page.frame_locator("iframe")
        frame.get_by_role("link", name="Confirm this address").click()
        self.button("Yes, confirm it").click()

    def signs_in(self, email: str, password: str) -> None:
        self.goes_to("/accounts/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.button("Sign in").click()
        self.sees_heading(re.compile("Good to see you"))

    def searches(self, text: str) -> None:
        """Use the search box of the page that is shown."""
        box = self.page.get_by_role("searchbox").first
        box.fill(text)
        box.press("Enter")
        self.sees_heading(re.compile(r"\d+ numbers?"))
        # Scripts take over once the page has loaded; nobody is quicker than that by hand.
        self.page.wait_for_load_state()

    def picks(self, how_many: int) -> list[str]:
        """Tick the first numbers of the list; what they are called."""
        rows = self.page.locator(".offer label")
        names = [rows.nth(place).inner_text().strip() for place in range(how_many)]
        for name in names:
            rows.filter(has_text=name).click()
        return names

    def checks_out(self) -> None:
        self.button("Check out").click()
        self.sees_heading("Check out")

    def adds_card(self, label: str) -> None:
        """Choose one of the sandbox's test cards on the page that adds a card."""
        self.page.get_by_text(label, exact=True).click()
        self.button("Add this card").click()

    def buys(self) -> None:
        """Buy what is checked out; the order's page is shown."""
        self.button(re.compile("^Buy for")).click()
        self.sees_heading(re.compile("^Order "))

    def sees_the_end(self, sentence: str | re.Pattern[str]) -> None:
        """Wait until the order's page tells by itself how it ended."""
        expect(self.page.get_by_text("How it ended:")).to_be_visible()
        self.sees(sentence)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.main).to_contain_text(text, use_inner_text=True)

    def sees_heading(self, name: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def sees_amount(self, term: str, amount: str) -> None:
        """A sum beside what it is called, such as "Charged" and "$3.00"."""
        exactly = re.compile(f"^{re.escape(term)}$")
        expect(self.page.locator("dt", has_text=exactly).locator("+ dd")).to_have_text(amount)

    def line(self, number: str) -> Locator:
        """An order's line."""
        return self.page.locator(".order-line").filter(has_text=number)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.main.get_by_role("button", name=name).first

    def link(self, name: str | re.Pattern[str]) -> Locator:
        return self.main.get_by_role("link", name=name).first

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")
