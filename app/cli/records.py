"""`run.py records`: the process that keeps the trade log. Started by the supervisor."""

import sys

import click

from app.cli.settings_option import settings_or_refuse
from app.cli.supervised import attend, pulse
from app.settings import Venue


@click.command("records", hidden=True)
@click.option("--venue", type=click.Choice([venue.value for venue in Venue]), required=True)
def command(venue: str) -> None:
    """Keep the trade log (started by serve, not by hand)."""
    told = attend()
    settings = settings_or_refuse()
    from app.bootstrap.options import RecordsOptions  # noqa: PLC0415 - only this process pays for it
    from app.bootstrap.records import run_records  # noqa: PLC0415 - as above

    sys.exit(run_records(RecordsOptions(settings=settings, venue=Venue(venue), beat=pulse(told))))
