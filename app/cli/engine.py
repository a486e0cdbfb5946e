"""`run.py engine`: the process that copies. Started by the supervisor."""

import sys

import click

from app.cli.settings_option import settings_or_refuse
from app.cli.supervised import attend, pulse
from app.cli.supervisor.greeting import link_from
from app.settings import Venue


@click.command("engine", hidden=True)
@click.option("--venue", type=click.Choice([venue.value for venue in Venue]), required=True)
def command(venue: str) -> None:
    """Run the copying engine (started by serve, not by hand)."""
    told = attend()
    link = link_from(told)
    settings = settings_or_refuse()
    from app.bootstrap.engine import run_engine  # noqa: PLC0415 - only this process pays for it
    from app.bootstrap.options import EngineOptions  # noqa: PLC0415 - as above

    options = EngineOptions(settings=settings, venue=Venue(venue), link=link, beat=pulse(told))
    sys.exit(run_engine(options))
