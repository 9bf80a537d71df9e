"""The frame of the shop: settings, plumbing that every room uses, and the way in."""

from didshop.celery import app as celery_app

__all__ = ["celery_app"]
