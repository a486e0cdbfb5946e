"""`run.py check`: is the configuration right? Changes and sends nothing."""

import sys

import click

from app.bootstrap.configuration import check_configuration
from app.cli.settings_option import (
    EXIT_BAD_CONFIGURATION,
    chosen_venue,
    settings_or_refuse,
    venue_option,
)


@click.command("check")
@venue_option
def command(venue: str | None) -> None:
    """Check the configuration: each problem with its file, line, place, reason and the right form.

    Exit code 0 when all is well, 2 when there are problems.
    """
    settings = settings_or_refuse()
    chosen = chosen_venue(settings, venue)
    folder = settings.rules_folder(chosen)
    problems = check_configuration(settings, chosen)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        click.echo(f"{len(problems)} problem(s) in {folder} ({chosen}).", err=True)
        sys.exit(EXIT_BAD_CONFIGURATION)
    click.echo(f"The configuration in {folder} ({chosen}) is right.")
