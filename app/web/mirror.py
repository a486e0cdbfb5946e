"""The web process's copy of the engine's state: a snapshot that deltas keep true."""

from app.engine.rows import Delta, Snapshot

MOST_ALERTS = 500


class GapError(Exception):
    """A delta does not follow on the state we have: only a new snapshot helps."""


class Mirror:
    """Hold one boot's state. Rows are replaced whole, never changed, so they may be shared with readers."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._state = _shallow(snapshot)

    def apply(self, delta: Delta) -> None:
        """Take the next delta; GapError, and no change, where it is not the next one of this boot."""
        state = self._state
        if delta["boot_id"] != state["boot_id"] or delta["seq"] != state["seq"] + 1:
            raise GapError(
                f"Delta {delta['seq']} of boot {delta['boot_id']} does not follow on "
                f"{state['seq']} of boot {state['boot_id']}."
            )
        state["seq"] = delta["seq"]
        state["status"] = delta["status"] or state["status"]
        for account_id in delta["gone_accounts"]:
            state["accounts"].pop(account_id, None)
            state["portfolios"].pop(account_id, None)
        state["accounts"].update(delta["accounts"])
        state["orders"].update(delta["orders"])
        state["copies"].update(delta["copies"])
        state["portfolios"].update(delta["portfolios"])
        state["alerts"] = [*state["alerts"], *delta["alerts"]][-MOST_ALERTS:]

    def snapshot(self) -> Snapshot:
        """Return the state at this moment; later deltas do not reach into it."""
        return _shallow(self._state)


def _shallow(snapshot: Snapshot) -> Snapshot:
    return {
        "boot_id": snapshot["boot_id"],
        "seq": snapshot["seq"],
        "status": snapshot["status"],
        "accounts": dict(snapshot["accounts"]),
        "orders": dict(snapshot["orders"]),
        "copies": dict(snapshot["copies"]),
        "portfolios": dict(snapshot["portfolios"]),
        "alerts": list(snapshot["alerts"]),
    }
