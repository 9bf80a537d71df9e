"""Pictures of every page, to be looked at one by one: `make e2e ARGS="--shots e2e/shots"`."""

import pytest

from e2e.conftest import HEIGHTS
from e2e.pages import PAGES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", HEIGHTS)
@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_shot(show, shots, shown, width, theme):
    page = show(shown, width=width, color_scheme=theme)
    # A window as tall as the page, so that bars stand at its end and not across its middle.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})

    page.screenshot(path=shots / f"{shown.name}-{width}-{theme}.png", animations="disabled")
