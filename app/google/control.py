"""The operator's and the tests' hand: make, share and spoil spreadsheets, plan faults, see what was asked."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

import msgspec
from aiohttp import web

from app.google.a1 import Area
from app.google.errors import GoogleError
from app.google.faults import FaultRule
from app.google.service import Json, Service
from app.google.spreadsheet import Spreadsheet

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Serve /control: JSON in, JSON out; a mistake is answered with 400 and a sentence."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve."""
        doings: dict[str, Callable[[Json, str], object]] = {
            "spreadsheets": self._create,
            "share": self._share,
            "unshare": self._unshare,
            "delete": self._delete,
            "write": self._write,
            "sort": self._sort,
            "accounts": self._open_account,
            "revoke": self._revoke,
            "expire-tokens": self._expire,
            "faults": self._add_fault,
            "clear-faults": self._clear_faults,
            "quota": self._set_quota,
        }
        routes = [web.post(f"/control/{name}", _answering(do)) for name, do in doings.items()]
        return [*routes, web.get("/control/asked", self._asked), web.get("/control/cells", self._cells)]

    async def _asked(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(one) for one in self._service.asked])

    async def _cells(self, request: web.Request) -> web.Response:
        """Return every cell of a spreadsheet by worksheet, and which were taken for formulas."""
        book = self._service.spreadsheets.get(request.query.get("id", ""))
        sheets = book.worksheets if book is not None else []
        return web.json_response(
            {one.title: {"cells": one.cells, "formulas": one.formulas} for one in sheets}
        )

    def _create(self, told: Json, origin: str) -> object:
        book = self._service.create(str(told.get("title", "Trade log")), told.get("id"))
        return {"id": book.spreadsheet_id, "url": f"{origin}/spreadsheets/d/{book.spreadsheet_id}"}

    def _share(self, told: Json, _origin: str) -> object:
        self._book(told).editors.add(str(told["email"]))
        return {}

    def _unshare(self, told: Json, _origin: str) -> object:
        self._book(told).editors.discard(str(told["email"]))
        return {}

    def _delete(self, told: Json, _origin: str) -> object:
        del self._service.spreadsheets[self._book(told).spreadsheet_id]
        return {}

    def _write(self, told: Json, _origin: str) -> object:
        """Type into cells as a person does."""
        sheet, area = self._book(told).locate(str(told["range"]))
        sheet.write(area, told["values"], is_raw=False)
        return {}

    def _sort(self, told: Json, _origin: str) -> object:
        """Sort a worksheet's rows below the header by one column (from 1), as a person does."""
        sheet, _ = self._book(told).locate(f"'{told['worksheet']}'!A1")
        at = int(told["column"]) - 1
        rows = sheet.read(Area(None, 2, None, None, None))
        rows.sort(
            key=lambda row: str(row[at]) if at < len(row) else "", reverse=bool(told.get("is_reversed"))
        )
        sheet.cells[1:] = rows
        return {}

    def _open_account(self, told: Json, origin: str) -> object:
        return self._service.desk.open_account(str(told["email"]), f"{origin}/token")

    def _revoke(self, told: Json, _origin: str) -> object:
        self._service.desk.revoke(str(told["email"]))
        return {}

    def _expire(self, _told: Json, _origin: str) -> object:
        self._service.desk.expire_all()
        return {}

    def _add_fault(self, told: Json, _origin: str) -> object:
        self._service.plan.rules.append(msgspec.convert(told, FaultRule))
        return {"rules": len(self._service.plan.rules)}

    def _clear_faults(self, _told: Json, _origin: str) -> object:
        self._service.plan.rules.clear()
        return {}

    def _set_quota(self, told: Json, _origin: str) -> object:
        quota = self._service.quota
        quota.per_user = int(told.get("per_user", quota.per_user))
        quota.per_project = int(told.get("per_project", quota.per_project))
        quota.spent.clear()
        return {}

    def _book(self, told: Json) -> Spreadsheet:
        self._service.changed()
        return self._service.spreadsheets[told["id"]]


def _answering(do: Callable[[Json, str], object]) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            told = msgspec.json.decode(await request.read() or b"{}", type=dict)
            return web.json_response(do(told, str(request.url.origin())))
        except GoogleError as e:
            return web.json_response({"message": e.message}, status=400)
        except (KeyError, ValueError, TypeError, msgspec.MsgspecError) as e:
            text = f"Nothing was done: {type(e).__name__} {e}"
            return web.json_response({"message": text}, status=400)

    return handler
