"""Kite's HTTP API over the venue: what a request means to the market is decided in the venue, not here."""
