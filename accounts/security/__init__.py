"""One's own account: profile, second factors, sign-ins."""
