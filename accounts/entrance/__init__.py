"""Getting in: opening an account, signing in, and proving an address or a lost password."""
