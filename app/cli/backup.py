"""`run.py backup`: a copy of the journal, now."""

from pathlib import Path

import click

from app.adapters.storage.backup import BACKUPS, back_up
from app.adapters.storage.opening import JOURNAL_FILE
from app.cli.settings_option import chosen_venue, refuse, settings_or_refuse, venue_option
from app.ports.journal import JournalError


@click.command("backup")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to copy to. [default: backups in the data folder]",
)
@venue_option
def command(folder: Path | None, venue: str | None) -> None:
    """Copy the journal and its install key. Works while Tandem runs, and copying goes on meanwhile."""
    settings = settings_or_refuse()
    home = settings.home(chosen_venue(settings, venue))
    if not (home / JOURNAL_FILE).exists():
        refuse(f"There is no journal in {home}, so there is nothing to back up.")
    try:
        made = back_up(home / JOURNAL_FILE, folder or home / BACKUPS, reason="asked")
    except JournalError as e:
        refuse(str(e))
    click.echo(f"Backed up to {made}, its install key beside it. Treat both as private.")
