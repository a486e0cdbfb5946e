"""`run.py verify`: is the journal what was written, and do the accounts have what it says?"""

import asyncio
import sys
from pathlib import Path

import click

from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.verifying import verify
from app.bootstrap.comparing import compare_with_brokers
from app.cli.settings_option import chosen_venue, refuse, settings_or_refuse, venue_option
from app.ports.config_store import ConfigRefusedError
from app.ports.journal import JournalError

EXIT_PROBLEMS = 1


@click.command("verify")
@click.argument("journal", required=False, type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--brokers", is_flag=True, help="Compare today's copies with each account's order list too.")
@venue_option
def command(journal: Path | None, brokers: bool, venue: str | None) -> None:
    """Check a journal or a backup: its pages, the chain over its facts, its counts. Changes nothing.

    Works while Tandem runs. Exit code 0: all is well; 1: there are problems; 2: it cannot be read.
    """
    settings = settings_or_refuse()
    chosen = chosen_venue(settings, venue)
    path = journal or settings.home(chosen) / JOURNAL_FILE
    if not path.exists():
        refuse(f"There is no journal at {path}.")
    try:
        found = verify(path)
        problems = list(found.problems)
        if brokers:
            problems += asyncio.run(compare_with_brokers(settings, chosen))
    except (JournalError, ConfigRefusedError) as e:
        refuse(str(e))
    for problem in problems:
        click.echo(problem)
    click.echo(f"{found.facts} facts of {found.days} days in {path}: {len(problems)} problem(s).")
    sys.exit(EXIT_PROBLEMS if problems else 0)
