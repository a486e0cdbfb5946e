"""GET /api/v1/logins: which accounts may be logged in from the page."""

from flask import Blueprint, Response

from app.ports.broker_login import BrokerLogin, LoginRefusedError
from app.web.problems import RefusedError, json_response


def blueprint(login: BrokerLogin) -> Blueprint:
    """Build the route."""
    routes = Blueprint("logins", __name__)

    @routes.get("/api/v1/logins")
    def logins() -> Response:
        try:
            return json_response(dict(login.possible()))
        except LoginRefusedError as e:
            raise RefusedError(503, "config_unreadable", str(e)) from e

    return routes
