"""`run.py web`: the process that shows. Started by the supervisor."""

import sys

import click

from app.cli.settings_option import settings_or_refuse
from app.cli.supervised import attend
from app.cli.supervisor.greeting import link_from
from app.settings import Venue


@click.command("web", hidden=True)
@click.option("--venue", type=click.Choice([venue.value for venue in Venue]), required=True)
def command(venue: str) -> None:
    """Run the web server (started by serve, not by hand)."""
    link = link_from(attend())
    settings = settings_or_refuse()
    from app.bootstrap.options import WebOptions  # noqa: PLC0415 - eventlet patches before the rest loads
    from app.bootstrap.web import run_web  # noqa: PLC0415 - as above

    sys.exit(run_web(WebOptions(settings=settings, venue=Venue(venue), link=link)))
