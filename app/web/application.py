"""The web application put together: routes, live stream, and the gate around them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from app.records.activity import Activity
from app.web import access, health, logging_in, metrics, pages, problems, signing_in
from app.web.api import activity, commands, config, logins, pnl, previews, records, snapshot
from app.web.engine_service import EngineService
from app.web.gate import Gate
from app.web.live import Live
from app.web.options import WebOptions
from app.web.pnl_sampler import PnlSampler
from app.web.pnl_series import PnlSeries
from app.web.sessions import Sessions

_ROOT = Path(__file__).resolve().parents[2]
_LARGEST_BODY = 1 << 20
_LIVE = "tandem_live"
_PNL = "tandem_pnl"


def create_app(options: WebOptions, engine: EngineService, now: Callable[[], datetime]) -> Flask:
    """Build the application. To be started: `live_of(app).publisher` and `pnl_of(app)`."""
    app = Flask(
        "tandem", template_folder=_ROOT / "templates", static_folder=_ROOT / "static", root_path=str(_ROOT)
    )
    app.config.update(MAX_CONTENT_LENGTH=_LARGEST_BODY, MAX_FORM_MEMORY_SIZE=_LARGEST_BODY)
    sessions = Sessions(options.sessions_folder, now)
    problems.install(app)
    access.install(app, options, sessions)

    live = Live(engine, options, sessions, now)
    live.socketio.init_app(app)
    app.extensions[_LIVE] = live

    app.register_blueprint(health.blueprint(engine, options, now))
    app.register_blueprint(metrics.blueprint(engine, options, now))
    app.register_blueprint(signing_in.blueprint(options, sessions, live))
    app.register_blueprint(pages.blueprint())
    app.register_blueprint(snapshot.blueprint(engine))
    app.register_blueprint(commands.blueprint(engine, options))
    app.register_blueprint(previews.blueprint(engine, options))
    series = PnlSeries(options.data / "pnl")
    app.extensions[_PNL] = PnlSampler(engine, series, now)
    app.register_blueprint(pnl.blueprint(engine, series))
    if options.exports is not None:
        app.register_blueprint(records.blueprint(options.exports, options.data, now))
        told = Activity(options.exports.reader, options.exports.breathe)
        app.register_blueprint(activity.blueprint(told, engine))
    if options.config is not None:
        app.register_blueprint(config.blueprint(options.config))
    if options.login is not None:
        app.register_blueprint(logging_in.blueprint(options.login, options, sessions, now))
        app.register_blueprint(logins.blueprint(options.login))
    app.wsgi_app = Gate(app.wsgi_app, options, sessions)  # type: ignore[method-assign]  # Flask's documented way
    return app


def live_of(app: Flask) -> Live:
    """Return the application's live stream."""
    live: Live = app.extensions[_LIVE]
    return live


def pnl_of(app: Flask) -> PnlSampler:
    """Return what samples the application's profit and loss."""
    sampler: PnlSampler = app.extensions[_PNL]
    return sampler
