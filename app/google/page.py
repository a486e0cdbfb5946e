"""What a person sees: a spreadsheet as a page, and each worksheet as CSV."""

import csv
import io
from html import escape

from aiohttp import web

from app.google.a1 import Area
from app.google.service import Service
from app.google.spreadsheet import Spreadsheet
from app.google.worksheet import Worksheet

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_WHOLE = Area(None, None, None, None, None)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
STYLE = """
body { font: 13px system-ui, sans-serif; margin: 0; color: #12171e; background: #fff; }
header { padding: 12px 16px; border-bottom: 1px solid #c9d0d9; }
h1 { font-size: 16px; margin: 0 0 4px; }
nav a { margin-right: 12px; }
nav a[aria-current] { font-weight: 600; color: inherit; text-decoration: none; }
p { margin: 4px 0 0; color: #47525f; }
main { overflow: auto; }
table { border-collapse: collapse; white-space: nowrap; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #e4e7ec; padding: 3px 8px; text-align: left; }
thead th { position: sticky; top: 0; background: #f3f4f6; }
@media (prefers-color-scheme: dark) {
  body { color: #e9edf2; background: #0b0d11; }
  header, th, td { border-color: #323c48; }
  thead th { background: #171c24; }
  p { color: #aab4c0; }
  a { color: #6ea6ff; }
}
"""


class Pages:
    """Serve spreadsheets to browsers; no token is asked, because this is loopback and paper."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve."""
        return [
            web.get("/style.css", self._style),
            web.get("/spreadsheets/d/{id}", self._page),
            web.get("/spreadsheets/d/{id}/export", self._export),
        ]

    async def _style(self, _request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    async def _page(self, request: web.Request) -> web.Response:
        book, sheet = self._asked_for(request)
        headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=_page(book, sheet), content_type="text/html", headers=headers)

    async def _export(self, request: web.Request) -> web.Response:
        _, sheet = self._asked_for(request)
        name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in sheet.title)
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return web.Response(text=csv_of(sheet), content_type="text/csv", charset="utf-8", headers=headers)

    def _asked_for(self, request: web.Request) -> tuple[Spreadsheet, Worksheet]:
        book = self._service.spreadsheets.get(request.match_info["id"])
        if book is None:
            raise web.HTTPNotFound(text="There is no such spreadsheet here.")
        wanted = request.query.get("gid")
        newest_first = sorted(book.worksheets, key=lambda one: one.sheet_id, reverse=True)
        for sheet in newest_first:
            if wanted is None or str(sheet.sheet_id) == wanted:
                return book, sheet
        raise web.HTTPNotFound(text="There is no such worksheet here.")


def csv_of(sheet: Worksheet) -> str:
    """Write a worksheet as CSV. Text that would be executed gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_harmless(cell) for cell in row] for row in sheet.read(_WHOLE))
    return out.getvalue()


def _harmless(cell: object) -> object:
    is_risky = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) and not _is_number(cell)
    return f"'{cell}" if is_risky else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _page(book: Spreadsheet, sheet: Worksheet) -> str:
    path = f"/spreadsheets/d/{escape(book.spreadsheet_id)}"
    tabs = "".join(
        f'<a href="{path}?gid={one.sheet_id}"{" aria-current=page" if one is sheet else ""}>'
        f"{escape(one.title)}</a>"
        for one in sorted(book.worksheets, key=lambda one: one.index)
    )
    rows = sheet.read(_WHOLE)
    head = "".join(f"<th scope=col>{escape(str(cell))}</th>" for cell in (rows[0] if rows else []))
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(book.title)}</title>'
        '<link rel="stylesheet" href="/style.css"></head>'
        f"<body><header><h1>{escape(book.title)}</h1><nav>{tabs}"
        f'<a href="{path}/export?format=csv&amp;gid={sheet.sheet_id}">CSV</a></nav>'
        "<p>Served by Tandem's stand-in for Google on this machine. In live trading this is your own "
        "spreadsheet at Google.</p></header>"
        f"<main tabindex=0><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></main>"
        "</body></html>"
    )
