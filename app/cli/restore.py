"""`run.py restore`: a backup in the journal's place."""

from pathlib import Path

import click

from app.adapters.storage.lock import DataFolderInUseError, DataFolderLock
from app.adapters.storage.restoring import restore
from app.cli.settings_option import chosen_venue, refuse, settings_or_refuse, venue_option
from app.ports.journal import JournalError


@click.command("restore")
@click.argument("backup", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@venue_option
def command(backup: Path, venue: str | None) -> None:
    """Put a backup in the journal's place. Tandem must not run; what was there is moved aside."""
    settings = settings_or_refuse()
    home = settings.home(chosen_venue(settings, venue))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with DataFolderLock(home):
            restored = restore(backup, home)
    except (DataFolderInUseError, JournalError) as e:
        refuse(str(e))
    click.echo(f"Restored {restored.findings.facts} facts of {restored.findings.days} days to {home}.")
    if restored.replaced is not None:
        click.echo(f"What was there before lies in {restored.replaced}.")
    click.echo(
        "Copies made after the backup are not in it. Today's are found by their tags at the next start."
    )
