"""The API's documentation draws itself in the browser, from our own host alone."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_it_shows_the_purchase(visitor, watchers, path):
    visitor.goes_to(path)

    expect(visitor.page.get_by_text("/numbers/purchase").first).to_be_visible(timeout=30_000)
    # Redoc's mark, which its script asks its maker for: our policy stops it before it is sent.
    watchers[0].forgive("logo-mini.svg")
