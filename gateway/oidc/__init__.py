"""Signing in by OpenID Connect: what a provider says is read, checked and believed here."""
