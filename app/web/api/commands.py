"""The operator's commands, one route each. Each has an id made by the client and acts once."""

import secrets

import flask
from flask import Blueprint, Response, request

from app.domain.ids import AccountId, CopyId, OrderId
from app.engine.service import (
    Answer,
    AnyCommand,
    CancelCopies,
    CopyOrders,
    LookNow,
    ResumeCopying,
    RetryCopies,
    SetMode,
    SkipCopies,
    SquareOff,
    StopCopying,
    Ticked,
)
from app.web.api.bodies import read_body
from app.web.engine_service import EngineService, EngineUnreachableError, OutcomeUnknownError
from app.web.options import WebOptions
from app.web.problems import NOTHING_DONE, RefusedError, json_response
from app.web.schemas.commands import (
    BareRequest,
    CancellationsRequest,
    CommandResponse,
    CopiesRequest,
    ItemResult,
    LookRequest,
    ModeRequest,
    RetriesRequest,
    SkipsRequest,
    SquareOffsRequest,
)

_OPERATOR = "operator"


def blueprint(engine: EngineService, options: WebOptions) -> Blueprint:
    """Build the routes."""
    routes = Blueprint("commands", __name__, url_prefix="/api/v1")

    @routes.post("/copies")
    def copies() -> Response:
        body = read_body(CopiesRequest)
        orders = tuple(OrderId(order) for order in body.orders)
        accounts = tuple(AccountId(account) for account in body.accounts)
        return carry_out(
            CopyOrders(command_id=body.command_id, by=_OPERATOR, orders=orders, accounts=accounts)
        )

    @routes.post("/retries")
    def retries() -> Response:
        body = read_body(RetriesRequest)
        ticked = tuple(Ticked(copy_id=CopyId(c.copy_id), seen_state=c.seen_state) for c in body.copies)
        return carry_out(RetryCopies(command_id=body.command_id, by=_OPERATOR, copies=ticked))

    @routes.post("/skips")
    def skips() -> Response:
        body = read_body(SkipsRequest)
        orders = tuple(OrderId(order) for order in body.orders)
        accounts = tuple(AccountId(account) for account in body.accounts)
        return carry_out(
            SkipCopies(command_id=body.command_id, by=_OPERATOR, orders=orders, accounts=accounts)
        )

    @routes.post("/cancellations")
    def cancellations() -> Response:
        body = read_body(CancellationsRequest)
        named = tuple(CopyId(copy) for copy in body.copies)
        return carry_out(
            CancelCopies(command_id=body.command_id, by=_OPERATOR, count=body.count, copies=named)
        )

    @routes.post("/square-offs")
    def square_offs() -> Response:
        body = read_body(SquareOffsRequest)
        accounts = tuple(AccountId(account) for account in body.accounts)
        return carry_out(
            SquareOff(
                command_id=body.command_id,
                by=_OPERATOR,
                accounts=accounts,
                count=body.count,
                instruments=body.instruments,
            )
        )

    @routes.post("/mode")
    def mode() -> Response:
        body = read_body(ModeRequest)
        return carry_out(SetMode(command_id=body.command_id, by=_OPERATOR, mode=body.mode))

    @routes.post("/stop")
    def stop() -> Response:
        return carry_out(StopCopying(command_id=_id_or_new(), by=_OPERATOR))

    @routes.post("/resume")
    def resume() -> Response:
        return carry_out(ResumeCopying(command_id=_id_or_new(), by=_OPERATOR))

    @routes.post("/look")
    def look() -> Response:
        body = read_body(LookRequest)
        accounts = tuple(AccountId(account) for account in body.accounts)
        return carry_out(LookNow(command_id=body.command_id, by=_OPERATOR, accounts=accounts))

    def carry_out(command: AnyCommand) -> Response:
        return _response(_answer(engine, command, options.command_timeout_s))

    return routes


def _answer(engine: EngineService, command: AnyCommand, timeout_s: float) -> Answer:
    is_stop = isinstance(command, StopCopying)
    try:
        return engine.execute(command, timeout_s=timeout_s)
    except EngineUnreachableError as e:
        not_done = (
            "Copying was NOT stopped: if it must be, end the program where it runs (Ctrl-C)."
            if is_stop
            else NOTHING_DONE
        )
        raise RefusedError(
            503, "engine_unreachable", str(e), not_done=not_done, command_id=command.command_id
        ) from e
    except OutcomeUnknownError as e:
        not_done = (
            "It is not known whether copying was stopped." if is_stop else "What was done is not known."
        )
        raise RefusedError(
            504, "outcome_unknown", str(e), not_done=not_done, command_id=command.command_id
        ) from e


def _response(answer: Answer) -> Response:
    results = tuple(ItemResult(key=r.key, accepted=r.accepted, message=r.message) for r in answer.results)
    if not answer.accepted:
        raise RefusedError(409, "refused", answer.message, command_id=answer.command_id, results=results)
    if _is_plain_form():
        return flask.redirect("/", 303)  # type: ignore[return-value]  # flask's own Response in an application
    body = CommandResponse(
        command_id=answer.command_id, accepted=True, message=answer.message, results=results
    )
    return json_response(body)


def _id_or_new() -> str:
    """Return the command id a client made, or a new one where it sent nothing or a plain form.

    Stopping must work from anything that can send a POST.
    """
    given = read_body(BareRequest).command_id if request.mimetype == "application/json" else None
    return given or secrets.token_hex(16)


def _is_plain_form() -> bool:
    """Tell whether a page without script sent this: it wants to see a page again."""
    return request.mimetype == "application/x-www-form-urlencoded" and request.accept_mimetypes.accept_html
