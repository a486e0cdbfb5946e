"""The web process and the ways into it. Nothing here may load what eventlet has yet to patch."""

import time

from app.bootstrap.options import WebOptions
from app.settings import Settings, Venue
from app.web import options as web
from app.web.process import main
from app.web.sign_in import issue


def run_web(options: WebOptions) -> int:
    """Run the web process until SIGTERM and return its exit code; prints `web ready URL` once it answers."""
    from app.bootstrap.browser_login import KiteLogin  # noqa: PLC0415 - as below
    from app.bootstrap.configuration import config_editor  # noqa: PLC0415 - as below
    from app.bootstrap.exports import exports_of  # noqa: PLC0415 - only this process pays for it
    from app.bootstrap.logs import configure_logs  # noqa: PLC0415 - as above

    settings = options.settings

    def start_logs() -> None:
        configure_logs("web", settings, options.venue).hide([options.link.secret])

    link = web.LinkAddress(port=options.link.port, secret=options.link.secret)
    return main(
        web.WebOptions(
            link=link,
            data=settings.home(options.venue),
            host=settings.host,
            port=settings.port,
            async_mode=settings.socketio,
            beat=options.beat,
            config=config_editor(settings, options.venue),
            configure_logs=start_logs,
            login=KiteLogin(settings, options.venue),
            # Looked up at each call: on eventlet it is a green one by then, and lets the other requests run.
            exports=exports_of(settings, options.venue, breathe=lambda: time.sleep(0)),
        )
    )


def issue_sign_in_link(settings: Settings, venue: Venue) -> str:
    """Make a fresh one-time sign-in link for a running web process and return its URL.

    The token stands in the fragment, which no browser sends to a server and no server can log.
    """
    token = issue(settings.home(venue) / "sign-in")
    return f"http://localhost:{settings.port}/sign-in#{token}"
