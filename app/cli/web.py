"""`run.py web`: the process that shows. Started by the supervisor."""

import os
import sys

import click

from app.cli.supervised import attend, pulse
from app.web.greening import make_green


@click.command("web", hidden=True)
@click.option("--venue", type=click.Choice(["paper", "live"]), required=True)
def command(venue: str) -> None:
    """Run the web server (started by serve, not by hand)."""
    told = attend()
    # The settings are not read yet, for reading them loads what eventlet has to patch first.
    make_green(os.environ.get("TANDEM_SOCKETIO") or "eventlet")
    sys.exit(_run(told, venue))


def _run(told: dict[str, object], venue: str) -> int:
    from app.bootstrap.options import WebOptions  # noqa: PLC0415 - after the patch
    from app.bootstrap.web import run_web  # noqa: PLC0415 - after the patch
    from app.cli.settings_option import settings_or_refuse  # noqa: PLC0415 - after the patch
    from app.cli.supervisor.greeting import link_from  # noqa: PLC0415 - after the patch
    from app.settings import Venue  # noqa: PLC0415 - after the patch

    options = WebOptions(
        settings=settings_or_refuse(), venue=Venue(venue), link=link_from(told), beat=pulse(told)
    )
    return run_web(options)
