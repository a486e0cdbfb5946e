"""Whether the process lives, and whether orders are being copied."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response

from app.engine.rows import AccountRow, Snapshot
from app.records.status import LogStatus, read_status
from app.web.access import current_session
from app.web.engine_service import EngineService
from app.web.options import WebOptions
from app.web.problems import json_response
from app.web.schemas.health import Check, Readiness

LEAST_FREE_BYTES = 500_000_000


def blueprint(engine: EngineService, options: WebOptions, now: Callable[[], datetime]) -> Blueprint:
    """Build /healthz and /readyz."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return Response("ok", mimetype="text/plain")

    @routes.get("/readyz")
    def ready() -> Response:
        checks = _checks(engine, now(), options.look_age_limit_s)
        checks |= {"disk": _disk(options.data), "trade_log": _trade_log(read_status(options.data, now()))}
        is_ready = all(check.is_ok for check in checks.values())
        shown = checks if current_session() else {}
        body = Readiness(status="ready" if is_ready else "not ready", checks=shown)
        return json_response(body, 200 if is_ready else 503)

    return routes


def _checks(engine: EngineService, now: datetime, look_age_limit_s: float) -> dict[str, Check]:
    link, snapshot = engine.link(), engine.snapshot()
    if link.is_up:
        linked = Check(is_ok=True, message="The engine answers.")
    else:
        text = f"The engine has not been heard since {link.since.isoformat()}."
        linked = Check(is_ok=False, message=f"{text} Copying may go on nevertheless.")
    if snapshot is None:
        unknown = Check(is_ok=False, message="Not known: the engine was never heard.")
        return {"link": linked, "looking": unknown, "copying": unknown}
    sessions = {f"account {account_id}": _account(row) for account_id, row in snapshot["accounts"].items()}
    return {
        "link": linked,
        "journal": _journal(snapshot),
        "looking": _looking(snapshot, now, look_age_limit_s),
        "feed": _feed(snapshot),
        "copying": _copying(snapshot),
        **sessions,
    }


def _journal(snapshot: Snapshot) -> Check:
    """Where every intent is written before it is sent."""
    why = snapshot["status"]["journal_fails"]
    return Check(is_ok=why is None, message=why or "The journal can be written.")


def _feed(snapshot: Snapshot) -> Check:
    """The broker's pushes. Orders are found by polling too, so their absence alone is not wrong."""
    feed = snapshot["status"]["feed"]
    if not feed["is_on"]:
        return Check(is_ok=True, message="Pushes are off: orders are found by polling.")
    if not feed["is_up"]:
        return Check(is_ok=True, message="Pushes are away: orders are found by polling meanwhile.")
    return Check(is_ok=True, message=f"Pushes come, over connection number {feed['connections']}.")


def _account(row: AccountRow) -> Check:
    """One account's session and order list."""
    if row["state"] == "blocked" and row["reason"] is not None:
        return Check(is_ok=False, message=row["reason"]["text"])
    if row["looking_fails"] is not None:
        return Check(is_ok=False, message=f"Its orders cannot be read: {row['looking_fails']}")
    return Check(is_ok=True, message="Its orders are read." if row["looked_at"] else "Not read yet.")


def _disk(folder: Path) -> Check:
    """Where the journal is written. When it is full nothing is sent, exits neither."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as e:
        return Check(is_ok=False, message=f"The data folder cannot be looked at: {e.strerror}.")
    text = f"{free // 1_000_000} MB free for the journal."
    if free >= LEAST_FREE_BYTES:
        return Check(is_ok=True, message=text)
    return Check(is_ok=False, message=f"{text} Make room: when the disk is full nothing is sent.")


def _trade_log(status: LogStatus | None) -> Check:
    """The trade log. Nothing waits for it, so that only what needs a person counts as wrong."""
    if status is None or not status.is_on:
        return Check(is_ok=True, message="No trade log is kept.")
    text = f"{status.queued} rows wait to be written."
    if status.problem is not None:
        return Check(is_ok=not status.needs_operator, message=f"{text} {status.problem}")
    return Check(is_ok=True, message=text)


def _looking(snapshot: Snapshot, now: datetime, limit_s: float) -> Check:
    looked_at, why = snapshot["status"]["looked_at"], snapshot["status"]["looking_fails"]
    if looked_at is None:
        return Check(is_ok=False, message=why or "The primary's orders have not been read yet.")
    age_s = (now - datetime.fromisoformat(looked_at)).total_seconds()
    text = f"The primary's orders were read {max(age_s, 0):.0f} s ago."
    if age_s <= limit_s:
        return Check(is_ok=True, message=text)
    return Check(is_ok=False, message=f"{text} {why}" if why else text)


def _copying(snapshot: Snapshot) -> Check:
    status = snapshot["status"]
    if not status["is_stopped"]:
        return Check(is_ok=True, message=f"Copying is on ({status['copy_mode']}).")
    return Check(is_ok=False, message=f"Copying was stopped by {status['stopped_by'] or 'someone'}.")
