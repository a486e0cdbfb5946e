"""The web application: every route the exchange serves, and Kite's envelope around every refusal."""

import logging
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from app.exchange.errors import KiteError
from app.exchange.http.endpoint import JSON, Endpoint, failure
from app.exchange.http.login import LoginPages
from app.exchange.http.market import MARKET
from app.exchange.http.mutual_funds import MUTUAL_FUNDS
from app.exchange.http.orders import ORDERS
from app.exchange.http.pipeline import Pipeline
from app.exchange.http.portfolio import PORTFOLIO
from app.exchange.http.reading import MAX_BODY_BYTES
from app.exchange.http.session import SESSION
from app.exchange.service import Service

ENDPOINTS: tuple[Endpoint, ...] = (*SESSION, *PORTFOLIO, *ORDERS, *MARKET, *MUTUAL_FUNDS)
_log = logging.getLogger(__name__)


def build_application(
    service: Service, pipeline: Pipeline, more_routes: Iterable[web.AbstractRouteDef]
) -> web.Application:
    """Put Kite's routes, the login pages and `more_routes` (ticker, control) into one application."""
    app = web.Application(middlewares=[_envelope(service)], client_max_size=MAX_BODY_BYTES)
    app.router.add_routes(more_routes)
    app.router.add_routes(LoginPages(service).routes())
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, endpoint.path, _handler(pipeline, endpoint))
    return app


def _handler(pipeline: Pipeline, endpoint: Endpoint) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await pipeline.serve(endpoint, request)

    return handle


def _envelope(service: Service) -> Middleware:
    """Turn aiohttp's own refusals and our own mistakes into Kite's envelope."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as e:
            error = KiteError(e.status, "GeneralException", _words(e))
        except Exception:  # noqa: BLE001 - a mistake of ours is answered as Kite answers its own
            _log.exception("the exchange failed on %s %s", request.method, request.path)
            error = KiteError(500, "GeneralException", "Something unexpected went wrong. Please try again.")
        answer = failure(error)
        headers = {"Content-Type": JSON, "Date": service.http_date()}
        return web.Response(status=answer.status, body=answer.body, headers=headers)

    return middleware


def _words(e: web.HTTPException) -> str:
    known = {404: "Route not found", 405: "Method not allowed", 413: "The request is too large."}
    return known.get(e.status, e.reason)
