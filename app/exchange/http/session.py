"""The session routes: a request token becomes an access token, and an access token dies."""

from typing import Any

from app.exchange.errors import KiteError, bad_token, missing_field
from app.exchange.http.endpoint import Call, Endpoint
from app.exchange.throttle import Bucket


def _exchange_token(call: Call) -> Any:
    api_key, request_token, checksum = (_needed(call, n) for n in ("api_key", "request_token", "checksum"))
    return call.service.venue.accounts.exchange_token(api_key, request_token, checksum)


def _logout(call: Call) -> Any:
    """Kill the token named in the query, as the client does; it carries no other proof of who it is."""
    if "refresh_token" in call.params:
        raise _no_refresh()
    api_key, token = _needed(call, "api_key"), _needed(call, "access_token")
    if not call.service.venue.accounts.invalidate(api_key, token):
        raise bad_token()
    return True


def _refresh(_call: Call) -> Any:
    raise _no_refresh()


def _no_refresh() -> KiteError:
    """Refuse refresh tokens: Kite gives retail apps an empty one (kite.trade docs, user)."""
    return KiteError(403, "TokenException", "Invalid `refresh_token`.")


def _needed(call: Call, name: str) -> str:
    value = call.params.get(name, "")
    if not value:
        raise missing_field(name)
    return value


SESSION = (
    Endpoint(
        name="session.token",
        method="POST",
        path="/session/token",
        serve=_exchange_token,
        bucket=Bucket.FREE,
        needs_token=False,
    ),
    Endpoint(
        name="session.logout",
        method="DELETE",
        path="/session/token",
        serve=_logout,
        bucket=Bucket.FREE,
        needs_token=False,
    ),
    Endpoint(
        name="session.refresh",
        method="POST",
        path="/session/refresh_token",
        serve=_refresh,
        bucket=Bucket.FREE,
        needs_token=False,
    ),
)
