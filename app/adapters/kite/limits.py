"""How often Kite may be read. The budget for orders is the domain's (domain/pacing.py)."""

import asyncio

READS_PER_S = 6
"""Kite allows 10 a second on other routes than orders and quotes (Kite docs, exceptions). The rest is
for the operator's own programs, and for a boundary of Kite's second that is not ours."""


class ReadPacer:
    """Spaces the reads of one account evenly; callers go in the order of asking."""

    def __init__(self, reads_per_s: float = READS_PER_S) -> None:
        self._spacing_s = 1.0 / reads_per_s
        self._next_s = float("-inf")

    async def turn(self) -> None:
        """Wait until the next read may go."""
        loop = asyncio.get_running_loop()
        due_s = max(loop.time(), self._next_s)
        self._next_s = due_s + self._spacing_s
        if due_s > loop.time():
            await asyncio.sleep(due_s - loop.time())
