"""Which passwords are good enough: those that nobody guesses from the lists of known ones."""

from typing import Any

import zxcvbn
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from didshop.outbox import SHOP_NAME

# zxcvbn tries every reading of 4@$£!|… and takes seconds for a long row of them. A password that
# cannot be guessed by its beginning cannot be guessed.
_LONGEST = 24


class GuessableValidator(CommonPasswordValidator):
    """Refuses passwords that a list of breached and common ones gives away.

    It estimates, offline, how many guesses an attacker needs who tries leaked passwords, names,
    words, dates, keyboard rows and their usual disguises first (zxcvbn). `least_guesses`: what
    is asked for. Django's own list counts besides; a password hears of both in one sentence.
    """

    def __init__(self, least_guesses: int) -> None:
        super().__init__()
        self.least_guesses = least_guesses

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError, with what makes it weak and what would help."""
        if not password:
            return
        found = zxcvbn.zxcvbn(password[:_LONGEST], user_inputs=[SHOP_NAME])
        is_common = password.lower().strip() in self.passwords
        if is_common or found["guesses"] < self.least_guesses:
            raise ValidationError(_sentence(found["feedback"]), code="password_guessable")

    def get_help_text(self) -> str:
        return "A few words that do not belong together are hard to guess and easy to remember."


def _sentence(feedback: dict[str, Any]) -> str:
    known = "This password is easy to guess."
    advice = next(iter(feedback["suggestions"]), "Add another word or two.")
    return " ".join(filter(None, (known, feedback["warning"], advice)))
