"""Organisations, their members and invitations."""
