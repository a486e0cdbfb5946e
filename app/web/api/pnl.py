"""GET /api/v1/pnl: each account's profit of today over time."""

from flask import Blueprint, Response

from app.web.engine_service import EngineService
from app.web.pnl_series import PnlSeries
from app.web.problems import json_response
from app.web.schemas.pnl import PnlResponse


def blueprint(engine: EngineService, series: PnlSeries) -> Blueprint:
    """Build the route; the engine says which day it is, and before it was heard there is nothing to show."""
    routes = Blueprint("pnl", __name__)

    @routes.get("/api/v1/pnl")
    def pnl() -> Response:
        state = engine.snapshot()
        nothing: PnlResponse = {"times": [], "accounts": {}}
        return json_response(nothing if state is None else series.of(state["status"]["trade_date"]))

    return routes
