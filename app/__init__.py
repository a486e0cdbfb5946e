"""Tandem, a trade copier for Zerodha Kite. docs/ARCHITECTURE.md says which package is for what."""
