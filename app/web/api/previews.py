"""Previews: what a copy or a retry would send now, before the operator says so. They change nothing."""

from flask import Blueprint, Response

from app.domain.ids import AccountId, CopyId, OrderId
from app.engine.service import AnyQuery, PreviewCopies, PreviewRetries
from app.web.api.bodies import read_body
from app.web.engine_service import EngineService, EngineUnreachableError
from app.web.options import WebOptions
from app.web.problems import RefusedError, json_response
from app.web.schemas.previews import PreviewCopiesRequest, PreviewRetriesRequest


def blueprint(engine: EngineService, options: WebOptions) -> Blueprint:
    """Build the routes."""
    routes = Blueprint("previews", __name__, url_prefix="/api/v1")

    @routes.post("/previews")
    def copies() -> Response:
        body = read_body(PreviewCopiesRequest)
        orders = tuple(OrderId(order) for order in body.orders)
        return ask(PreviewCopies(orders=orders, accounts=tuple(AccountId(one) for one in body.accounts)))

    @routes.post("/previews/retries")
    def retries() -> Response:
        body = read_body(PreviewRetriesRequest)
        return ask(PreviewRetries(copies=tuple(CopyId(copy) for copy in body.copies)))

    def ask(query: AnyQuery) -> Response:
        try:
            return json_response(engine.preview(query, timeout_s=options.command_timeout_s))
        except EngineUnreachableError as e:
            raise RefusedError(503, "engine_unreachable", str(e)) from e

    return routes
