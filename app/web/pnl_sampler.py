"""Samples every account's profit of the day from the live state, in a thread of its own."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from app.engine.rows import PortfolioRow, Snapshot
from app.web.engine_service import EngineService
from app.web.pnl_series import SAMPLE_EVERY_S, PnlSeries, Sample

FRESH = timedelta(seconds=60)
"""What was read longer ago is not known any more: a line that stays flat would be an invention."""
FIRST_SAMPLE_AFTER_S = 1.0
_log = logging.getLogger(__name__)


class PnlSampler:
    """Adds a sample to the series every 15 seconds while the engine is heard."""

    def __init__(self, engine: EngineService, series: PnlSeries, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._series = series
        self._now = now
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        threading.Thread(target=self._run, name="pnl", daemon=True).start()

    def close(self) -> None:
        """Take no more samples."""
        self._closed.set()

    def sample(self) -> None:
        """Take one sample; none where no account's profit is known."""
        state = self._engine.snapshot()
        if state is None or not self._engine.link().is_up:
            return
        sample = _sample(state, self._now())
        if any(pnl is not None for pnl in sample.pnl.values()):
            self._series.add(state["status"]["trade_date"], sample)

    def _run(self) -> None:
        wait_s = FIRST_SAMPLE_AFTER_S
        while not self._closed.wait(wait_s):
            wait_s = SAMPLE_EVERY_S
            try:
                self.sample()
            except Exception:  # noqa: BLE001 - one bad moment must not end the day's series
                _log.exception("A sample of the profit and loss could not be taken; the next one is tried.")


def _sample(state: Snapshot, now: datetime) -> Sample:
    pnl = {account_id: _known(row, now) for account_id, row in state["portfolios"].items()}
    return Sample(at=now.replace(microsecond=0), pnl=pnl)


def _known(row: PortfolioRow, now: datetime) -> str | None:
    as_of = row["as_of"]
    return row["pnl"] if as_of is not None and abs(now - datetime.fromisoformat(as_of)) < FRESH else None
