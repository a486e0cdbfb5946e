"""The control API under /_exchange/: what a test or an operator does to the exchange itself."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from app.exchange.accounts import Account
from app.exchange.clock import IST
from app.exchange.control_requests import (
    AccountSettings,
    BehaviourChange,
    ClockChange,
    ExternalOrder,
    NewAccount,
    Outage,
    PriceChange,
)
from app.exchange.errors import KiteError
from app.exchange.faults import FaultRule
from app.exchange.http.application import ENDPOINTS
from app.exchange.service import Service
from app.exchange.stream.hub import TickerHub

PREFIX = "/_exchange"
SWITCHES = ("is_autoslice_flat", "has_placement_push", "is_margin_refused_late", "heartbeat_s")
T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_encode = msgspec.json.Encoder().encode


class Control:
    """Answer the control API. It needs no token: the loopback address is its only key.

    A browser page of another origin cannot use it: requests with an `Origin` header are refused, and bodies
    have to be JSON.
    """

    def __init__(self, service: Service, hub: TickerHub, start_outage: Callable[[float], None]) -> None:
        self._service = service
        self._hub = hub
        self._start_outage = start_outage

    def routes(self) -> list[web.RouteDef]:
        table: list[tuple[str, str, Callable[[web.Request], Awaitable[Any]]]] = [
            ("GET", "/status", self._status),
            ("GET", "/accounts", self._accounts),
            ("POST", "/accounts", self._open_account),
            ("PUT", "/accounts/{user_id}", self._set_account),
            ("POST", "/accounts/{user_id}/expire", self._expire),
            ("POST", "/accounts/{user_id}/login", self._login),
            ("POST", "/prices", self._price),
            ("POST", "/orders", self._external_order),
            ("POST", "/clock", self._clock),
            ("POST", "/session/advance", self._advance_session),
            ("PUT", "/behaviour", self._behaviour),
            ("GET", "/faults", self._faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("DELETE", "/faults/{rule_id}", self._remove_fault),
            ("GET", "/ledger", self._ledger),
            ("GET", "/streams", self._streams),
            ("POST", "/streams/drop", self._drop_streams),
            ("POST", "/outage", self._outage),
        ]
        return [web.route(method, PREFIX + path, _guarded(handle)) for method, path, handle in table]

    async def _status(self, _request: web.Request) -> Any:
        clock = self._service.venue.clock
        return {
            "session_time": clock.now().isoformat(),
            "accounts": [a.user_id for a in self._service.venue.accounts.all()],
            "routes": sorted({e.name for e in ENDPOINTS}),
        }

    async def _accounts(self, _request: web.Request) -> Any:
        return [_credentials(a) for a in self._service.venue.accounts.all()]

    async def _open_account(self, request: web.Request) -> Any:
        new = await _body(request, NewAccount)
        accounts = self._service.venue.accounts
        return _credentials(accounts.create(new.user_id, name=new.name, cash=new.cash, holdings=new.holdings))

    async def _set_account(self, request: web.Request) -> Any:
        account = self._account(request.match_info["user_id"])
        settings = await _body(request, AccountSettings)
        if settings.cash is not None:
            self._service.venue.accounts.set_cash(account.user_id, settings.cash)
        _set_or_forget(self._service.redirect_urls, account.api_key, settings.redirect_url)
        _set_or_forget(self._service.postback_urls, account.user_id, settings.postback_url)
        return _credentials(account)

    async def _expire(self, request: web.Request) -> Any:
        self._service.venue.accounts.expire(self._account(request.match_info["user_id"]).user_id)
        return True

    async def _login(self, request: web.Request) -> Any:
        """Sign in without the pages: return a request token."""
        account = self._account(request.match_info["user_id"])
        token = self._service.venue.accounts.login(account.api_key, account.user_id)
        return {"request_token": token}

    async def _price(self, request: web.Request) -> Any:
        change = await _body(request, PriceChange)
        venue = self._service.venue
        if change.key not in venue.catalogue.by_key:
            raise _wrong(f"There is no instrument {change.key}; nothing was changed.", 404)
        if change.is_frozen is not None:
            venue.freeze_price(change.key, change.is_frozen)
        if change.is_halted is not None:
            venue.halt(change.key, change.is_halted)
        if change.price is not None:
            venue.set_price(change.key, change.price)
        return venue.ltp([change.key])

    async def _external_order(self, request: web.Request) -> Any:
        order = await _body(request, ExternalOrder)
        account = self._account(order.user_id)
        return self._service.venue.place_external(
            account, order.params, placed_by=order.placed_by or account.user_id, variety=order.variety
        )

    async def _clock(self, request: web.Request) -> Any:
        moment = (await _body(request, ClockChange)).advance_to
        venue = self._service.venue
        venue.clock.advance_to(moment if moment.tzinfo else moment.replace(tzinfo=IST))
        venue.step()
        return await self._status(request)

    async def _advance_session(self, request: web.Request) -> Any:
        self._service.venue.advance_session()
        return await self._status(request)

    async def _behaviour(self, request: web.Request) -> Any:
        change = await _body(request, BehaviourChange)
        behaviour, throttle = self._service.behaviour, self._service.throttle
        if change.has_rate_limits is not None:
            throttle.is_on = change.has_rate_limits
        for name in SWITCHES:
            value = getattr(change, name)
            if value is not None:
                setattr(behaviour, name, value)
        self._service.venue.refuse_margin_late(behaviour.is_margin_refused_late)
        return {"has_rate_limits": throttle.is_on} | {name: getattr(behaviour, name) for name in SWITCHES}

    async def _faults(self, _request: web.Request) -> Any:
        return self._service.plan.rules(now_s=self._service.now_s())

    async def _add_fault(self, request: web.Request) -> Any:
        rule = await _body(request, FaultRule)
        return {"id": self._service.plan.add(rule, now_s=self._service.now_s())}

    async def _clear_faults(self, _request: web.Request) -> Any:
        self._service.plan.clear()
        return True

    async def _remove_fault(self, request: web.Request) -> Any:
        text = request.match_info["rule_id"]
        if not text.isdigit() or not self._service.plan.remove(int(text)):
            raise _wrong(f"There is no fault rule {text}.", 404)
        return True

    async def _ledger(self, request: web.Request) -> Any:
        query = request.query
        entries = self._service.ledger.entries(
            account=query.get("account"),
            tag=query.get("tag"),
            action=query.get("action"),
            after=int(query.get("after", "0")),
        )
        return [e.to_json() for e in entries]

    async def _streams(self, _request: web.Request) -> Any:
        return [
            {"user_id": s.account.user_id, "modes": {str(t): m.value for t, m in s.modes.items()}}
            for s in self._hub.sessions
        ]

    async def _drop_streams(self, request: web.Request) -> Any:
        return {"dropped": self._hub.drop(request.query.get("account"))}

    async def _outage(self, request: web.Request) -> Any:
        self._start_outage((await _body(request, Outage)).for_s)
        return True

    def _account(self, user_id: str) -> Account:
        try:
            return self._service.venue.accounts.get(user_id)
        except KeyError:
            raise _wrong(
                f"There is no account {user_id}; create it with POST {PREFIX}/accounts.", 404
            ) from None


class _WrongError(Exception):
    """A control request that cannot be done, with the status and the words for it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _wrong(message: str, status: int = 400) -> _WrongError:
    return _WrongError(message, status)


async def _body(request: web.Request, kind: type[T]) -> T:
    return msgspec.json.decode(await request.read(), type=kind)


def _guarded(handle: Callable[[web.Request], Awaitable[Any]]) -> Handler:
    """Let loopback in and nobody else, and answer in the control API's own plain envelope."""

    async def guarded(request: web.Request) -> web.Response:
        if not _is_local(request):
            return _answer(403, {"error": "The control API answers programs on this machine only."})
        try:
            return _answer(200, {"data": await handle(request)})
        except _WrongError as e:
            return _answer(e.status, {"error": str(e)})
        except KiteError as e:
            return _answer(e.http_status, {"error": e.message, "error_type": e.error_type})
        except (ValueError, KeyError) as e:  # msgspec's complaints name the field
            return _answer(400, {"error": f"Nothing was changed: {e}"})

    return guarded


def _is_local(request: web.Request) -> bool:
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback and "Origin" not in request.headers
    except ValueError:
        return False


def _answer(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=_encode(body), content_type="application/json")


def _credentials(account: Account) -> dict[str, object]:
    """Show an account with its secrets: they are invented, and only loopback can ask."""
    return {
        "user_id": account.user_id,
        "name": account.name,
        "api_key": account.api_key,
        "api_secret": account.api_secret,
        "access_token": account.access_token,
        "is_logged_in": account.is_logged_in,
    }


def _set_or_forget(kept: dict[str, str], key: str, value: str | msgspec.UnsetType | None) -> None:
    if value is None:
        kept.pop(key, None)
    elif isinstance(value, str):
        kept[key] = value
