"""GET /api/v1/snapshot: the whole state at once."""

from flask import Blueprint, Response

from app.web.engine_service import EngineService
from app.web.problems import RefusedError, json_response
from app.web.publisher import link_row
from app.web.schemas.live import SnapshotResponse


def blueprint(engine: EngineService) -> Blueprint:
    """Build the route."""
    routes = Blueprint("snapshot", __name__)

    @routes.get("/api/v1/snapshot")
    def snapshot() -> Response:
        state = engine.snapshot()
        if state is None:
            text = "The engine has not been heard since this web process started."
            raise RefusedError(503, "engine_unreachable", text, not_done="There is nothing to show yet.")
        body: SnapshotResponse = {**state, "link": link_row(engine.link())}
        return json_response(body)

    return routes
