"""Runs races of operators against the real program, over as many starts of it as they take."""

import sys
import tempfile
import time
from pathlib import Path
from random import Random

import click

from tests.races.house import house
from tests.races.verdict import Tally
from tests.races.volleys import Volleys

PER_RUN = 300
"""A run's page grows with its orders; a fresh one keeps the races close."""
_MODES = ("eventlet", "threading")


@click.command()
@click.option("--races", default=200, show_default=True, help="How many races to run.")
@click.option("--seed", default=1, show_default=True, help="Of the order in which commands arrive.")
def main(races: int, seed: int) -> None:
    """Let two operators press the same thing at the same moment; each copy must be sent exactly once."""
    tally, began_s, number = Tally(), time.monotonic(), 0
    while tally.total < races:
        with tempfile.TemporaryDirectory() as folder, house(Path(folder), _MODES[number % 2]) as built:
            volleys = Volleys(built, tally, Random(seed + number))  # noqa: S311 - repeatable, not secret
            volleys.run(min(races - tally.total, PER_RUN), with_late_finds=True)
        number += 1
    click.echo(f"{tally.total} races in {time.monotonic() - began_s:.0f} s, {number} starts of the program")
    click.echo(", ".join(f"{kind} {count}" for kind, count in sorted(tally.races.items())))
    click.echo("answers: " + ", ".join(f"{status} × {n}" for status, n in sorted(tally.answers.items())))
    for line in tally.wrong:
        click.echo(f"WRONG {line}")
    click.echo(f"{len(tally.wrong)} wrong")
    sys.exit(bool(tally.wrong))


if __name__ == "__main__":
    main()
