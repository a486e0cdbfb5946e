"""The operator's configuration files over HTTP: shown without their secrets, checked, saved, restored."""

import logging
from collections.abc import Iterable

from flask import Blueprint, Response

from app.ports.config_editor import (
    ConfigChangedError,
    ConfigEditor,
    ConfigHiddenError,
    ConfigNotFoundError,
    SavedFile,
)
from app.ports.config_store import ConfigProblem, ConfigRefusedError
from app.web.api.bodies import read_body
from app.web.problems import NOTHING_DONE, RefusedError, json_response, request_id
from app.web.schemas.config import (
    AccountRequest,
    CheckRequest,
    CheckResponse,
    ConfigFileRow,
    ConfigProblemRow,
    ConfigRefusal,
    ConfigResponse,
    HistoryResponse,
    RestoreRequest,
    SavedResponse,
    SaveRequest,
    VersionResponse,
    VersionRow,
)

_log = logging.getLogger(__name__)


def blueprint(editor: ConfigEditor) -> Blueprint:
    """Build the routes."""
    routes = Blueprint("config", __name__, url_prefix="/api/v1")

    @routes.get("/config")
    def files() -> Response:
        rows = (
            ConfigFileRow(
                name=file.name,
                text=file.text,
                is_shown=file.is_shown,
                revision=file.revision,
                schema=file.schema,
                problems=_rows(file.problems),
            )
            for file in editor.files()
        )
        return json_response(ConfigResponse(files=tuple(rows), can_save=editor.can_save()))

    @routes.post("/config/<name>/check")
    def check(name: str) -> Response:
        body = read_body(CheckRequest)
        return json_response(CheckResponse(problems=_rows(editor.check(name, body.text))))

    @routes.put("/config/<name>")
    def save(name: str) -> Response:
        body = read_body(SaveRequest)
        return _saved(editor.save(name, body.text, body.revision))

    @routes.get("/config/<name>/history")
    def history(name: str) -> Response:
        rows = (
            VersionRow(version=each.version, saved_at=each.saved_at.isoformat(), bytes=each.size_bytes)
            for each in editor.versions(name)
        )
        return json_response(HistoryResponse(versions=tuple(rows)))

    @routes.get("/config/<name>/history/<version>")
    def version(name: str, version: str) -> Response:
        return json_response(VersionResponse(text=editor.version(name, version)))

    @routes.post("/config/<name>/history/<version>/restore")
    def restore(name: str, version: str) -> Response:
        return _saved(editor.restore(name, version, read_body(RestoreRequest).revision))

    @routes.post("/accounts/<account_id>")
    def account(account_id: str) -> Response:
        body = read_body(AccountRequest)
        if body.multiplier is None and body.mode is None:
            raise RefusedError(400, "malformed", "Neither a multiplier nor a mode is given.")
        return _saved(editor.set_account(account_id, multiplier=body.multiplier, mode=body.mode))

    _tell_refusals(routes)
    return routes


def _tell_refusals(routes: Blueprint) -> None:
    """Answer what the editor raises in the one form of errors."""

    @routes.errorhandler(ConfigRefusedError)
    def refused(e: ConfigRefusedError) -> Response:
        count = len(e.problems)
        told = "One problem keeps" if count == 1 else f"{count} problems keep"
        body = ConfigRefusal(
            error="config_refused",
            message=f"{told} this from being saved. {e.problems[0]}" if e.problems else str(e),
            not_done="Nothing was saved; the file is as it was.",
            request_id=request_id(),
            problems=_rows(e.problems),
        )
        return json_response(body, 422)

    @routes.errorhandler(ConfigChangedError)
    def changed(e: ConfigChangedError) -> Response:
        return _refusal(409, "config_changed", str(e))

    @routes.errorhandler(ConfigNotFoundError)
    def not_found(e: ConfigNotFoundError) -> Response:
        return _refusal(404, "not_found", str(e))

    @routes.errorhandler(ConfigHiddenError)
    def hidden(e: ConfigHiddenError) -> Response:
        return _refusal(409, "config_hidden", str(e))

    @routes.errorhandler(OSError)
    def failed(e: OSError) -> Response:
        _log.warning("Request %s: the configuration cannot be reached: %s", request_id(), e)
        return _refusal(503, "config_unreachable", f"The file cannot be read or written: {e.strerror or e}.")


def _refusal(status: int, error: str, message: str) -> Response:
    body = ConfigRefusal(error=error, message=message, not_done=NOTHING_DONE, request_id=request_id())
    return json_response(body, status)


def _saved(file: SavedFile) -> Response:
    return json_response(
        SavedResponse(
            name=file.name,
            text=file.text,
            revision=file.revision,
            message=file.message,
            changes=file.changes,
        )
    )


def _rows(problems: Iterable[ConfigProblem]) -> tuple[ConfigProblemRow, ...]:
    return tuple(
        ConfigProblemRow(
            file=each.file, line=each.line, path=each.path, reason=each.reason, example=each.example
        )
        for each in problems
    )
