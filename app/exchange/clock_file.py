"""The session clock across restarts: an exchange that comes back goes on where its session stood."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app.exchange.clock import SessionClock

FILE_NAME = "clock.json"


def open_clock(state_dir: Path | None, now: Callable[[], datetime]) -> SessionClock:
    """Return the clock an earlier run left under `state_dir`, or a new one inside market hours."""
    path = state_dir / FILE_NAME if state_dir else None
    if path is None or not path.exists():
        return SessionClock.opened_at(now)
    kept = json.loads(path.read_text())
    return SessionClock(now, timedelta(seconds=kept["offset_s"]))


def save_clock(state_dir: Path | None, clock: SessionClock) -> None:
    """Keep how far the session stands from real time; does nothing without a directory."""
    if state_dir is None:
        return
    path = state_dir / FILE_NAME
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"offset_s": clock.offset.total_seconds()}))
    fresh.replace(path)
