"""Records to look at and to take away: how the trade log fares, and downloads of any day."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from flask import Blueprint, Response, request

from app.ports.journal import JournalError
from app.records.exports import KINDS, Exports
from app.records.status import read_status
from app.records.writing_tables import FORMATS
from app.web.problems import RefusedError, json_response
from app.web.schemas.records import RecordsOverview
from app.web.streaming import in_pieces

_MIMETYPES = {"csv": "text/csv", "json": "application/json"}


def blueprint(exports: Exports, data: Path, now: Callable[[], datetime]) -> Blueprint:
    """Build the routes; `data` holds the trade log's status."""
    routes = Blueprint("records", __name__)

    @routes.get("/api/v1/records")
    def overview() -> Response:
        days = [day.isoformat() for day in _or_refuse(exports)]
        return json_response(
            RecordsOverview(days=days, kinds=list(KINDS), trade_log=read_status(data, now()))
        )

    @routes.get("/api/v1/records/<day>/<what>.<form>")
    def download(day: str, what: str, form: str) -> Response:
        wanted = _day(day)
        if what not in KINDS or form not in FORMATS:
            text = f"There is no {what}.{form}; there are {', '.join(KINDS)} as {' and '.join(FORMATS)}."
            raise RefusedError(404, "not_found", text)
        try:
            table = exports.table(what, wanted, request.args.get("account") or None)
        except JournalError as e:
            raise RefusedError(503, "journal_unreadable", str(e)) from e
        name = f"tandem-{wanted.isoformat()}-{what}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        pieces = in_pieces(FORMATS[form](table), exports.breathe)
        return Response(pieces, mimetype=_MIMETYPES[form], headers=headers)

    return routes


def _or_refuse(exports: Exports) -> list[date]:
    try:
        return exports.days()
    except JournalError as e:
        raise RefusedError(503, "journal_unreadable", str(e)) from e


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day; one looks like 2026-11-23."
        raise RefusedError(404, "not_found", message) from None
