"""The chain over all facts: each carries a hash of itself and of the one before, so that no edit goes unseen.

It shows that a journal was changed behind Tandem's back. It is no proof against somebody who recomputes
all of it.
"""

from hashlib import blake2b

DIGEST_BYTES = 16
BEGINNING = ""
"""What stands before the first fact."""


def link(before: str, seq: int, at: str, trade_date: str, kind: str, body: str) -> str:
    """Return a fact's place in the chain, as hexadecimal text."""
    parts = (before, str(seq), at, trade_date, kind, body)
    spelt = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(spelt.encode(), digest_size=DIGEST_BYTES).hexdigest()
