"""Whether the process lives, and whether orders are being copied."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response

from app.engine.rows import Snapshot
from app.web.access import current_session
from app.web.engine_service import EngineService
from app.web.options import WebOptions
from app.web.problems import json_response
from app.web.schemas import Check, Readiness


def blueprint(engine: EngineService, options: WebOptions, now: Callable[[], datetime]) -> Blueprint:
    """Build /healthz and /readyz."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return Response("ok", mimetype="text/plain")

    @routes.get("/readyz")
    def ready() -> Response:
        checks = _checks(engine, now(), options.look_age_limit_s)
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
    return {
        "link": linked,
        "looking": _looking(snapshot, now, look_age_limit_s),
        "copying": _copying(snapshot),
    }


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
