"""What one route is: its name for faults, its limit, and the function that serves a call to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from app.exchange.accounts import Account
from app.exchange.errors import KiteError, bad_token
from app.exchange.service import Service
from app.exchange.throttle import Bucket

_encode = msgspec.json.Encoder().encode
JSON = "application/json"


class Answer(NamedTuple):
    """A complete answer, still without transport."""

    status: int
    body: bytes
    content_type: str = JSON


@dataclass(slots=True, kw_only=True)
class Call:
    """One request as its endpoint sees it; `params` are the form's or the query's last values."""

    service: Service
    api_key: str = ""
    access_token: str = field(default="", repr=False)
    signed_in: Account | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    instruments: list[str] = field(default_factory=list)
    json: Any = None
    list_age_s: float = 0.0

    @property
    def account(self) -> Account:
        """Return who is signed in; raise the TokenException that a route without a token would meet."""
        if self.signed_in is None:
            raise bad_token()
        return self.signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A route. `serve` returns what goes under "data", or a whole `Answer`; it raises KiteError to refuse."""

    name: str
    method: str
    path: str
    serve: Callable[[Call], Any]
    bucket: Bucket = Bucket.OTHER
    needs_token: bool = True
    takes_json: bool = False

    @property
    def action(self) -> str | None:
        """Return place, modify or cancel for the routes that the ledger records."""
        area, _, action = self.name.partition(".")
        return action if area == "orders" and action in ("place", "modify", "cancel") else None


def success(data: Any) -> Answer:
    """Wrap data in Kite's envelope."""
    return Answer(200, b'{"status":"success","data":' + _encode(data) + b"}")


def failure(error: KiteError) -> Answer:
    """Wrap a refusal in Kite's envelope."""
    body = {
        "status": "error",
        "message": error.message,
        "data": error.data,
        "error_type": error.error_type,
    }
    return Answer(error.http_status, _encode(body))


def html(status: int) -> Answer:
    """Return the page that a proxy in front of Kite shows: neither JSON nor Kite's words."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1><p>proxy</p></body></html>"
    return Answer(status, page.encode(), "text/html")
