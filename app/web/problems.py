"""How a request is refused: one JSON form for every error, with what was not done and a number to ask by."""

import logging
import secrets

import flask
import msgspec
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from app.web.schemas.commands import ItemResult
from app.web.schemas.problems import Problem

_log = logging.getLogger(__name__)

NOTHING_DONE = "Nothing was done."

_BY_STATUS = {
    400: ("malformed", "The request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "The request is larger than any we take."),
    415: ("malformed", "The body must be JSON (Content-Type: application/json)."),
}


class RefusedError(Exception):
    """A request that is answered with a Problem."""

    def __init__(
        self,
        status: int,
        error: str,
        message: str,
        *,
        not_done: str = NOTHING_DONE,
        command_id: str | None = None,
        results: tuple[ItemResult, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.not_done = not_done
        self.command_id = command_id
        self.results = results


def request_id() -> str:
    """Return this request's number, the same one in its answer, its header and our log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    found: str = g.request_id
    return found


def json_response(body: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(msgspec.json.encode(body), status=status, mimetype="application/json")


def install(app: Flask) -> None:
    """Answer every error of the application in the one form."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(e: RefusedError) -> Response:
    problem = Problem(
        error=e.error,
        message=str(e),
        not_done=e.not_done,
        request_id=request_id(),
        command_id=e.command_id,
        results=e.results,
    )
    return json_response(problem, e.status)


def _http(e: HTTPException) -> Response:
    status = e.code or 500
    error, message = _BY_STATUS.get(status, ("refused", f"The request was refused ({e.name})."))
    response = json_response(
        Problem(error=error, message=message, not_done=NOTHING_DONE, request_id=request_id()), status
    )
    if status == 405 and (allow := e.get_response().headers.get("Allow")):
        response.headers["Allow"] = allow
    return response


def _failed(e: Exception) -> Response:
    _log.error("Request %s to %s failed.", request_id(), flask.request.path, exc_info=e)
    problem = Problem(
        error="internal",
        message="The web process failed while answering; its log has the reason under this request id.",
        not_done="What was done is not known here: look at the orders before repeating anything.",
        request_id=request_id(),
    )
    return json_response(problem, 500)
