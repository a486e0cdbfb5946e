"""`run.py sign-in`: a fresh link into a running Tandem."""

import click

from app.bootstrap.web import issue_sign_in_link
from app.cli.settings_option import chosen_venue, refuse, settings_or_refuse, venue_option


@click.command("sign-in")
@venue_option
def command(venue: str | None) -> None:
    """Print a one-time sign-in link. Whoever opens it first is signed in: treat it like a password."""
    settings = settings_or_refuse()
    chosen = chosen_venue(settings, venue)
    if not settings.home(chosen).is_dir():
        refuse(
            f"There is no data folder {settings.home(chosen)}: Tandem has never run there. Start it first."
        )
    click.echo(issue_sign_in_link(settings, chosen))
