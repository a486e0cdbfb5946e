"""How often Kite may be read. The budget for orders is the domain's (domain/pacing.py)."""

import asyncio

READS_PER_S = 6
"""Kite allows 10 a second on other routes than orders and quotes (Kite docs, exceptions). The rest is
for what is read beside the order path, and for a boundary of Kite's second that is not ours."""
READS_BESIDE_PER_S = 3
"""Of positions, funds and margins. Together with the order list they stay below Kite's ten."""
QUOTES_PER_S = 0.8
"""Kite allows one a second and key, counted by its own seconds: two requests a second apart that
travel differently long may fall into one of them."""


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
