"""The Kite-compatible exchange: a venue on loopback that the official client cannot tell from Kite.

Nothing of the copier belongs here and nothing here imports it: they meet over sockets only.
"""
