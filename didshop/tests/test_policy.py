"""The Content-Security-Policy: strict everywhere, with the admin's own allowance there alone."""

import pytest


@pytest.mark.parametrize("path", ["/", "/find/", "/accounts/login/", "/api/docs/"])
def test_no_page_of_ours_may_evaluate_text(client, db, path):
    policy = client.get(path).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_the_admin_may_but_loads_scripts_from_us_only(admin_client):
    policy = admin_client.get("/admin/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert directives["script-src"] == "'self' 'unsafe-eval'"
    assert directives["frame-ancestors"] == "'none'"
