"""The moment the venue is working at: during catching up, when something was due; else the clock's now."""

from datetime import datetime

from app.exchange.prices import TICKS_PER_SECOND, tick_number


class Moment:
    """One moment in the three forms the venue needs: aware datetime, tick number, Kite's stamp."""

    __slots__ = ("_second", "now", "stamp", "tick")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.tick = tick_number(now)
        self.stamp = ""
        self._second = -1
        self._write()

    def move_to(self, now: datetime) -> None:
        """Go to a later moment; an earlier one is ignored, time never goes back."""
        if now <= self.now:
            return
        self.now = now
        self.tick = tick_number(now)
        if self.tick // TICKS_PER_SECOND != self._second:
            self._write()

    def _write(self) -> None:
        self._second = self.tick // TICKS_PER_SECOND
        self.stamp = self.now.strftime("%Y-%m-%d %H:%M:%S")
