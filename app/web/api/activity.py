"""GET /api/v1/activity: what happened, who did it, to whom; as pages and as a file."""

from datetime import date

from flask import Blueprint, Response, request

from app.ports.journal import JournalError
from app.records.activity import Activity, Item, Page, Wanted
from app.records.exports import Table
from app.records.sentences import Level
from app.records.writing_tables import as_csv
from app.web.engine_service import EngineService
from app.web.problems import RefusedError, json_response
from app.web.schemas.activity import ActivityItem, ActivityPage
from app.web.streaming import in_pieces

MOST_ITEMS = 1000
_USUAL_ITEMS = 200


def blueprint(activity: Activity, engine: EngineService) -> Blueprint:
    """Build the routes. Names of accounts are those that the engine shows."""
    routes = Blueprint("activity", __name__)

    @routes.get("/api/v1/activity")
    def page() -> Response:
        wanted = _wanted()
        limit = min(_number("limit") or _USUAL_ITEMS, MOST_ITEMS)
        try:
            return json_response(_body(activity.page(wanted, _names(engine), limit=limit)))
        except JournalError as e:
            raise _unreadable(e) from e

    @routes.get("/api/v1/activity.csv")
    def download() -> Response:
        try:
            wanted = _wanted(activity.newest_day())
            table = activity.table(wanted, _names(engine))
        except JournalError as e:
            raise _unreadable(e) from e
        return _file(table, wanted.day, activity)

    return routes


def _file(table: Table, day: date | None, activity: Activity) -> Response:
    name = f"tandem-{day.isoformat() if day else 'nothing'}-activity.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(in_pieces(as_csv(table), activity.breathe), mimetype="text/csv", headers=headers)


def _body(page: Page) -> ActivityPage:
    return ActivityPage(
        items=[_item(item) for item in page.items], last_seq=page.last_seq, next_before=page.next_before
    )


def _item(item: Item) -> ActivityItem:
    return ActivityItem(
        seq=item.seq,
        at=item.at.isoformat(),
        who=item.who,
        level=item.level,
        text=item.text,
        account_id=item.account_id,
        order_id=item.order_id,
    )


def _names(engine: EngineService) -> dict[str, str]:
    shown = engine.snapshot()
    return {account_id: row["name"] for account_id, row in shown["accounts"].items()} if shown else {}


def _wanted(usual_day: date | None = None) -> Wanted:
    day = request.args.get("day")
    level = request.args.get("level", Level.INFO.value)
    if level not in set(Level):
        raise _malformed(f"level {level!r} is none of {', '.join(Level)}.")
    try:
        chosen = date.fromisoformat(day) if day else usual_day
    except ValueError:
        raise _malformed(f"day {day!r} is no day; one looks like 2026-11-23.") from None
    return Wanted(
        after=_number("after") or 0,
        before=_number("before"),
        day=chosen,
        level=Level(level),
        account_id=request.args.get("account") or None,
    )


def _number(name: str) -> int | None:
    """Read a number of the query; None where it is not there. Small enough for SQLite's integers."""
    text = request.args.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _malformed(f"{name} {text[:40]!r} is no number of a fact.")
    return int(text)


def _malformed(message: str) -> RefusedError:
    return RefusedError(400, "malformed", message)


def _unreadable(e: JournalError) -> RefusedError:
    return RefusedError(503, "journal_unreadable", str(e))
