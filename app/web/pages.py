"""The pages."""

import flask
from flask import Blueprint


def blueprint() -> Blueprint:
    """Build the live page."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def live() -> str:
        return flask.render_template("page/live.html")

    return routes
