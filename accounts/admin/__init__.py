"""People and organisations in the admin. Nobody is deleted there: what they did stays known."""

from accounts.admin import keys, log, organizations, privacy, sign_ins, site, users

__all__ = ["keys", "log", "organizations", "privacy", "sign_ins", "site", "users"]
