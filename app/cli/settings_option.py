"""How every command gets its settings and its venue, and how it refuses to start."""

import sys
from collections.abc import Callable
from typing import NoReturn, TypeVar

import click

from app.settings import Settings, SettingsError, Venue, load

EXIT_BAD_CONFIGURATION = 2
"""The operator must change something first: restarting cannot help."""

Command = TypeVar("Command", bound=Callable[..., object])


def refuse(text: str) -> NoReturn:
    """Say on stderr what is wrong and end with the exit code that tells a supervisor not to try again."""
    click.echo(text, err=True)
    sys.exit(EXIT_BAD_CONFIGURATION)


def settings_or_refuse() -> Settings:
    """Read the environment, or end with every problem it has."""
    try:
        return load()
    except SettingsError as error:
        refuse(f"The environment has settings that cannot be used. Nothing was started.\n{error}")


def venue_option(command: Command) -> Command:
    """Add `--paper` and `--live`; without either `venue` is None and `chosen_venue` decides."""
    paper = click.option(
        "--paper", "venue", flag_value=Venue.PAPER.value, help="Trade on the exchange in here."
    )
    live = click.option("--live", "venue", flag_value=Venue.LIVE.value, help="Trade at Zerodha, for real.")
    return paper(live(command))


def chosen_venue(settings: Settings, named: str | None) -> Venue:
    """Return the venue asked for; unasked it is live if the live accounts file exists, else paper."""
    if named is not None:
        return Venue(named)
    return Venue.LIVE if (settings.config / "accounts_config.json").exists() else Venue.PAPER
