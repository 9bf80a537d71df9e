"""A copy of one's data, the end of one's account, and the audit log."""
