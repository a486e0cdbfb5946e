"""Credentials outside the configuration files: what env:NAME and vault:NAME stand for, no more."""
