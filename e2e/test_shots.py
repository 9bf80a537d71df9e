"""Pictures of every page, to be looked at one by one: `make e2e ARGS="--shots e2e/shots"`."""

import pytest

from e2e.conftest import HEIGHTS
from e2e.pages import PAGES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", HEIGHTS)
@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_shot(show, shots, shown, width, theme):
    page = show(shown, width=width, color_scheme=theme)

    page.screenshot(
        path=shots / f"{shown.name}-{width}-{theme}.png", full_page=True, animations="disabled"
    )
