"""The sockets of the API: token, permission, quota, fault, call, answer, in this order and this place."""

import asyncio
import json
import re
import socket
import struct
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote

from aiohttp import web

from app.google.errors import GoogleError, invalid, not_found, not_signed_in, too_many
from app.google.faults import SHAPES, FaultRule
from app.google.service import Json, Service
from app.google.sheets_api import CALLS, Call
from app.google.tokens import TokenRefusedError

_BOOK = re.compile(r"^/v4/spreadsheets/([^/:]+)(.*)$")
_ONE_RANGE = re.compile(r"^/values/(.+?)(:append|:clear)?$")
_HTML = "<!DOCTYPE html><html><head><title>Error 502 (Server Error)!!1</title></head><body>502.</body></html>"
LARGEST_BODY = 10 << 20


class SheetsHttp:
    """Serve the token endpoint and the Sheets API of one stand-in."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._closing = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve."""
        return [web.post("/token", self.token), web.route("*", "/v4/spreadsheets/{rest:.+}", self.sheets)]

    async def close(self) -> None:
        """End silent answers, and forget what was to be carried out late."""
        self._closing.set()
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def token(self, request: web.Request) -> web.StreamResponse:
        """Give a token for a signed assertion."""
        form = parse_qs((await request.read()).decode(errors="replace"))
        grant_type, assertion = (form.get(name, [""])[0] for name in ("grant_type", "assertion"))
        fault = self._service.plan.next_for("token")
        if fault is not None:
            return await self._befall(request, "token", fault, dict)
        try:
            answer = self._service.desk.grant(grant_type, assertion, str(request.url))
        except TokenRefusedError as e:
            error, text = e.args
            self._service.note("token", "POST /token", error)
            return _json({"error": error, "error_description": text}, 400)
        self._service.note("token", "POST /token", 200)
        return _json(answer)

    async def sheets(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of the Sheets API."""
        group = "write" if request.method != "GET" else "read"
        try:
            email = self._service.desk.owner_of(request.headers.get("Authorization"))
            if email is None:
                raise not_signed_in()
            body = await _body(request)
            group, do = self._prepared(request, email, body)
            self._service.quota.spend(group.title(), email, self._service.now())
            fault = self._service.plan.next_for(group)
            if fault is not None:
                return await self._befall(request, group, fault, do)
            answer = do()
        except GoogleError as e:
            self._note(request, group, e.http_status)
            return _json(e.body(), e.http_status)
        self._note(request, group, 200)
        return _json(answer)

    def _prepared(self, request: web.Request, email: str, body: Json) -> tuple[str, Any]:
        """Find the call that a request means; it is carried out later, once, by what is returned."""
        found = _BOOK.match(request.rel_url.raw_path)
        if found is None:
            raise not_found()
        spreadsheet_id, rest = found.groups()
        form, place = _form_of(rest)
        known = CALLS.get((request.method, form))
        if known is None:
            raise not_found()
        group, call = known

        def do() -> Json:
            book = self._service.open_for(spreadsheet_id, email)
            url = f"{request.url.origin()}/spreadsheets/d/{spreadsheet_id}"
            query = {name: request.query.getall(name) for name in request.query}
            answer = call(Call(book, url, place, query, body))
            if group == "write":
                self._service.changed()
            return answer

        return group, do

    async def _befall(
        self, request: web.Request, group: str, fault: FaultRule, do: Any
    ) -> web.StreamResponse:
        """Carry a request out or not, and answer it, as its fault says."""
        self._note(request, group, fault.kind)
        is_carried_out, reply = SHAPES[fault.kind]
        answer: Json = {}
        if is_carried_out is None:
            self._later(fault.delay_s, do)
        elif is_carried_out:
            answer = do()
        match reply:
            case "429" | "403":
                refusal = too_many(group.title(), "user", as_403=reply == "403")
                return _json(refusal.body(), refusal.http_status)
            case "401":
                self._service.desk.expire_all()
                return _json(not_signed_in().body(), 401)
            case "html":
                return web.Response(text=_HTML, status=502, content_type="text/html")
            case "reset":
                return await self._reset(request)
            case "truncated":
                return await self._truncated(request, answer)
            case "hang":
                await self._closing.wait()
        unavailable = GoogleError(503, "UNAVAILABLE", "The service is currently unavailable.")
        return _json(unavailable.body(), 503)

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is not None:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        return web.Response()

    async def _truncated(self, request: web.Request, answer: Json) -> web.StreamResponse:
        whole = json.dumps(answer).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(whole)
        await response.prepare(request)
        await response.write(whole[: len(whole) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    def _later(self, delay_s: float, do: Any) -> None:
        async def carry_out() -> None:
            await asyncio.sleep(delay_s)
            with suppress(GoogleError):
                do()

        task = asyncio.create_task(carry_out())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _note(self, request: web.Request, group: str, answer: object) -> None:
        self._service.note(group, f"{request.method} {request.path}", answer)


def _form_of(rest: str) -> tuple[str, str]:
    """Split the path behind the id into its form and the range in it."""
    found = _ONE_RANGE.match(rest)
    if found is None:
        return rest, ""
    place, verb = found.groups()
    return f"/values/{verb or ''}", unquote(place)


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    if not raw:
        return {}
    try:
        told = json.loads(raw)
    except ValueError as e:
        raise invalid(f"Invalid JSON payload received. {e}") from e
    if not isinstance(told, dict):
        raise invalid("Invalid JSON payload received. Expected an object.")
    return told


def _json(body: Json, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)
