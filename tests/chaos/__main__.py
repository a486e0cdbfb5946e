"""`python -m tests.chaos`: kill the real programs at random while they trade, and say what became of it."""

import signal
import sys
import tempfile
from pathlib import Path

import click

from tests.chaos.run import run


@click.command()
@click.option("--orders", default=150, show_default=True, help="Primary orders to place.")
@click.option(
    "--kills", default=30, show_default=True, help="SIGKILLs of engine, web and exchange; others come on top."
)
@click.option("--seed", default=1, show_default=True, help="Of everybody's choices; timing is the machine's.")
def main(orders: int, kills: int, seed: int) -> None:
    """Trade with the real programs under SIGKILLs, pauses and faults; exit code 1 if anything disagrees."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whatever was started ends with us
    with tempfile.TemporaryDirectory(prefix="tandem-chaos-") as folder:
        verdict = run(Path(folder), orders=orders, kills=kills, seed=seed)
    click.echo(verdict.report)
    sys.exit(bool(verdict.violations))


if __name__ == "__main__":
    main()
