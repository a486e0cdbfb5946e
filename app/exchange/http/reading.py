"""Reading a request: who calls (the Authorization header) and with which parameters."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from app.exchange.accounts import Account
from app.exchange.errors import KiteError, input_error
from app.exchange.http.endpoint import Call, Endpoint
from app.exchange.service import Service

MAX_BODY_BYTES = 1024 * 1024


async def read_call(service: Service, endpoint: Endpoint, request: web.Request) -> Call:
    """Read one request; raise KiteError for a body that cannot be read. A bad token is not refused here."""
    body = await request.read() if request.can_read_body else b""
    api_key, access_token = _credentials(request.headers.get("Authorization", ""))
    params = {name: value for name, value in request.query.items() if name != "i"}
    json: Any = None
    if endpoint.takes_json:
        json = _json(body)
    elif body:
        params.update(_form(body))
    return Call(
        service=service,
        api_key=api_key,
        access_token=access_token,
        signed_in=_account(service, api_key, access_token),
        path=request.match_info,
        params=params,
        instruments=request.query.getall("i", []),
        json=json,
    )


def _credentials(header: str) -> tuple[str, str]:
    """Split `token api_key:access_token`; two empty strings for anything else."""
    scheme, _, rest = header.partition(" ")
    api_key, colon, access_token = rest.strip().partition(":")
    return (api_key, access_token) if scheme.lower() == "token" and colon else ("", "")


def _account(service: Service, api_key: str, access_token: str) -> Account | None:
    if not api_key:
        return None
    try:
        return service.venue.accounts.by_token(api_key, access_token)
    except KiteError:
        return None


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        raise input_error("The body has to be a form.") from None


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise input_error("The body has to be JSON.") from None
