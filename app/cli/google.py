"""`run.py google`: the local stand-in for Google by itself, for trying the trade log and for tests."""

from pathlib import Path

import click

from app.cli.settings_option import refuse
from app.cli.supervised import attend


@click.command("google")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=5020, show_default=True, help="0 takes a free one."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of probable faults.")
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep spreadsheets here; without it a restart begins anew.",
)
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a service account's key here, and make a spreadsheet shared with it.",
)
@click.option("--spreadsheet", default="paper-trade-log", show_default=True, help="That spreadsheet's key.")
@click.option("--supervised", is_flag=True, hidden=True)
def command(  # noqa: PLR0913 - one argument per option
    *,
    host: str,
    port: int,
    seed: int,
    state_dir: Path | None,
    key_file: Path | None,
    spreadsheet: str,
    supervised: bool,
) -> None:
    """Run the stand-in for Google Sheets on loopback until Ctrl-C; docs/google.md tells what it serves."""
    if supervised:
        attend()
    from app.google.server import GoogleOptions, main  # noqa: PLC0415 - only this process pays for it

    try:
        options = GoogleOptions(
            host=host, port=port, seed=seed, state_dir=state_dir, key_file=key_file, spreadsheet=spreadsheet
        )
    except ValueError as error:
        refuse(str(error))
    main(options)
