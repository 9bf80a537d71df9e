"""The admin's menu: what belongs together stands together, whichever package it comes from."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

# Whose models stand among those of another app.
_STANDS_WITH = {"auth": "accounts", "usersessions": "accounts", "auditlog": "accounts"}
_ORDER = ("accounts", "orders", "dids", "telephony", "billing", "didshop")
# Names that say here what they are.
_CALLED = {
    "accounts.Organization": "Organisations",
    "accounts.AuditEntry": "Audit log",
    "accounts.Session": "Sign-ins over the API",
    "auditlog.LogEntry": "Changes of rows",
    "auth.Group": "Groups of staff",
    "usersessions.UserSession": "Sign-ins in browsers",
}


def apps(request: HttpRequest) -> list[dict[str, Any]]:
    """Django's list of apps with the models that may be seen, put in order."""
    by_label: dict[str, dict[str, Any]] = {}
    found = admin.site.get_app_list(request)
    for app in sorted(found, key=lambda app: app["app_label"] in _STANDS_WITH):
        models = [_called(app["app_label"], model) for model in app["models"]]
        home = _STANDS_WITH.get(app["app_label"], app["app_label"])
        if home in by_label:
            by_label[home]["models"] += models
        else:
            by_label[home] = {**app, "models": models}
    for app in by_label.values():
        app["models"].sort(key=lambda model: model["name"])
    return sorted(by_label.values(), key=_place)


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """The same as Unfold's menu wants it: UNFOLD["SIDEBAR"]["navigation"]."""
    return [
        {
            "title": app["name"],
            "separator": False,
            "items": [
                {"title": model["name"], "link": model["admin_url"]} for model in app["models"]
            ],
        }
        for app in apps(request)
    ]


def _called(app_label: str, model: dict[str, Any]) -> dict[str, Any]:
    name = _CALLED.get(f"{app_label}.{model['object_name']}", str(model["name"]))
    return {**model, "name": name}


def _place(app: dict[str, Any]) -> int:
    label = app["app_label"]
    return _ORDER.index(label) if label in _ORDER else len(_ORDER)
