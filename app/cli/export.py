"""`run.py export`: a day's records as a file."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from app.bootstrap.exports import exports_of
from app.cli.settings_option import chosen_venue, refuse, settings_or_refuse, venue_option
from app.ports.journal import JournalError
from app.records.exports import KINDS
from app.records.writing_tables import FORMATS


@click.command("export")
@click.argument("what", type=click.Choice(list(KINDS)))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="[default: the last one with records]")
@click.option("--account", help="Only this secondary; not for orders and audit.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. [default: the terminal]",
)
@venue_option
def command(
    *, what: str, day: datetime | None, account: str | None, form: str, out: Path | None, venue: str | None
) -> None:
    """Write a day's primary orders, copies, fills, tradebook or audit. Works while Tandem runs."""
    settings = settings_or_refuse()
    exports = exports_of(settings, chosen_venue(settings, venue))
    try:
        wanted = day.date() if day is not None else _last(exports.days())
        text = "".join(FORMATS[form](exports.table(what, wanted, account)))
    except JournalError as e:
        refuse(str(e))
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as e:
        refuse(f"{out} cannot be written: {e.strerror}.")
    click.echo(f"Wrote {what} of {wanted.isoformat()} to {out}.", err=True)


def _last(days: list[date]) -> date:
    if not days:
        refuse("There are no records yet: nothing was ever journalled in this data folder.")
    return days[-1]
