"""What holds for every page: accessible, quiet, light, and fitting a narrow screen."""

import json
from importlib.resources import files

import pytest

from e2e.pages import PAGES
from e2e.watching import Scales

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
# Rules that may answer otherwise in the other theme; the rest depend on the markup alone.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
# A theme's colours arrive by a short transition.
ALL_STANDS_STILL = """() => new Promise((settle) => requestAnimationFrame(settle)).then(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)))"""
MOST_BYTES = 100_000

every_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


def findings(page, *rules):
    """What axe finds, a line for each element."""
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    page.evaluate(f"window.axe || (() => {{ {AXE} }})()")
    result = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@every_page
def test_axe_finds_nothing_in_either_theme(show, shown):
    page = show(shown)

    in_light = findings(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(ALL_STANDS_STILL)
    in_dark = findings(page, *COLOUR_RULES)

    assert not in_light + in_dark, "\n".join(in_light + in_dark)


@every_page
def test_it_is_light_and_fits_a_narrow_screen(show, shown, capsys):
    scales = Scales()
    page = show(shown, before=scales.watch, width=375)

    weights = scales.weigh()
    total = sum(weights.values())
    with capsys.disabled():
        print(f"\n  {shown.name}: {total / 1000:.1f} KB in {len(weights)} files", end="")
    assert total < MOST_BYTES, weights
    assert page.evaluate("document.documentElement.scrollWidth") <= 375, wide_ones(page)


def wide_ones(page):
    """The elements that stick out, for the message."""
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
            .map((element) => element.outerHTML.slice(0, 120)).slice(0, 10).join("\\n")"""
    )
