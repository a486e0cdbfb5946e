"""Drops browsers' connections while orders stream, over as many starts of the programs as it takes."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import click

from tests.drops.stage import stage
from tests.drops.view import Tally

PER_START = 125
"""Each connection gets the whole state, which grows with the day: a fresh day keeps the drops coming."""
_MODES = ("eventlet", "threading")


@click.command()
@click.option("--drops", default=25, show_default=True, help="How many connections to drop.")
@click.option("--seed", default=1, show_default=True, help="Of where and how they are dropped.")
def main(drops: int, seed: int) -> None:
    """Cut browsers off in the middle of the stream: each view must stay contiguous and end true."""
    tally, began_s = Tally(), time.monotonic()
    starts = range(0, drops, PER_START)
    for number, done in enumerate(starts):
        asyncio.run(_day(_MODES[number % 2], min(PER_START, drops - done), seed + number, tally))
    total = sum(n for what, n in tally.seen.items() if what.startswith("drops by"))
    click.echo(f"{total} drops in {time.monotonic() - began_s:.0f} s, {len(starts)} starts")
    click.echo(", ".join(f"{what} {n}" for what, n in sorted(tally.seen.items())))
    for line in tally.wrong:
        click.echo(f"WRONG {line}")
    click.echo(f"{len(tally.wrong)} wrong")
    sys.exit(bool(tally.wrong))


async def _day(mode: str, drops: int, seed: int, tally: Tally) -> None:
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    with tempfile.TemporaryDirectory() as folder:
        async with stage(mode, Path(folder), tally, chance) as built:
            await built.run(drops)


if __name__ == "__main__":
    main()
