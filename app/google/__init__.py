"""A local stand-in for Google: the token endpoint and the part of the Sheets API (v4) that a trade log needs.

It serves paper trading and the tests, on loopback only. It knows nothing of the copier, and the copier
meets it over sockets only. Not here: Drive, formats, charts, formulas' results; `docs/google.md` lists it.
"""
