"""The engine as a whole as the page shows it."""

from datetime import datetime

from app.domain.accounts import CopyMode
from app.domain.market_hours import market_at
from app.domain.session import IST
from app.engine.rows import MarketRow, StatusRow


def first_status(venue: str, copy_mode: CopyMode, revision: str, now: datetime) -> StatusRow:
    """Draw an engine that has just started and looked at nothing."""
    return {
        "venue": venue,
        "copy_mode": copy_mode,
        "is_stopped": False,
        "stopped_by": None,
        "started_at": now.isoformat(),
        "trade_date": now.astimezone(IST).date().isoformat(),
        "looked_at": None,
        "looking_fails": None,
        "revision": revision,
        "config_refused": None,
        "journal_fails": None,
        "feed": {"is_on": False, "is_up": False, "connections": 0},
        "market": market_row(now),
    }


def market_row(moment: datetime) -> MarketRow:
    """Draw the market's phase at a moment of the broker's clock."""
    market = market_at(moment)
    return {"phase": market.phase, "until": market.until.isoformat()}
