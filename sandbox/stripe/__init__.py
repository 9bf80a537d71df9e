"""Stripe as far as didshop uses it, faithful to what the real SDK sends and expects."""
