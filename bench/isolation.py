"""How much one account in trouble slows the others: two stacks side by side, measured in turn.

One stack has nothing wrong with it; in the other, one account hangs, is slow, refuses, is refused or cannot
be reached. Rounds of orders alternate between them in random order, so that whatever else this machine does
befalls both. Only ratios are worth quoting.
"""

import os
import sys
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from statistics import quantiles

import click

from bench.stack import Stack, stack
from bench.troubles import TROUBLES, Trouble

TARGET = 1.5
_DRAWS = 400


Rounds = list[list[float]]
"""The latencies of the copies of each round, in ms."""


@dataclass
class Pairs:
    """All rounds of both stacks; the n-th of both sides belong together."""

    healthy: Rounds = field(default_factory=list)
    troubled: Rounds = field(default_factory=list)

    def pooled(self, percent: int) -> tuple[float, float]:
        """Return the percentile over all rounds: healthy, troubled."""
        return percentile(self.healthy, percent), percentile(self.troubled, percent)

    def ratio(self, percent: int) -> float:
        """Return troubled to healthy, over all rounds."""
        healthy, troubled = self.pooled(percent)
        return troubled / healthy

    def interval(self, percent: int, chance: Random) -> tuple[float, float]:
        """Return where the ratio lies in nine of ten draws of as many pairs from these (bootstrap)."""
        ratios = []
        for _ in range(_DRAWS):
            drawn = chance.choices(range(len(self.healthy)), k=len(self.healthy))
            pairs = Pairs([self.healthy[n] for n in drawn], [self.troubled[n] for n in drawn])
            ratios.append(pairs.ratio(percent))
        cuts = quantiles(ratios, n=20)
        return cuts[0], cuts[-1]


def percentile(rounds: Rounds, percent: int) -> float:
    """Return a percentile of all that rounds hold, interpolated."""
    return quantiles(chain.from_iterable(rounds), n=100, method="inclusive")[percent - 1]


def measure(trouble: Trouble, *, healthy: int, pairs: int, orders: int, chance: Random) -> Pairs:
    """Run pairs of rounds, in each the two stacks in random order."""
    found = Pairs()
    with stack(healthy, None) as good, stack(healthy, trouble) as bad:
        sides: list[tuple[Stack, Rounds]] = [(good, found.healthy), (bad, found.troubled)]
        for _ in range(pairs):
            for side, rounds in chance.sample(sides, 2):
                rounds.append(side.round(orders, chance))
    return found


@click.command()
@click.option("--healthy", default=8, show_default=True, help="Accounts that nothing is wrong with.")
@click.option("--pairs", default=24, show_default=True, help="Pairs of rounds, healthy and troubled.")
@click.option("--orders", default=4, show_default=True, help="Primary orders in a round.")
@click.option("--trouble", "names", multiple=True, type=click.Choice([one.name for one in TROUBLES]))
@click.option("--seed", default=1, show_default=True)
def main(healthy: int, pairs: int, orders: int, names: tuple[str, ...], seed: int) -> None:
    """Measure the time from a primary order to the copies of healthy accounts, beside one in trouble."""
    chance = Random(seed)  # noqa: S311 - the order of rounds and their pauses
    click.echo(heading(healthy, healthy * pairs * orders))
    above = []
    for trouble in TROUBLES:
        if names and trouble.name not in names:
            continue
        found = measure(trouble, healthy=healthy, pairs=pairs, orders=orders, chance=chance)
        click.echo(line(trouble, found, chance))
        if found.interval(99, chance)[0] > TARGET:
            above.append(trouble.name)
    click.echo(f"\nload {load()}; the target is a p99 within {TARGET} of the healthy stack's")
    click.echo(f"beyond it, whatever is redrawn: {', '.join(above) or 'none'}")
    sys.exit(bool(above))


def heading(healthy: int, copies: int) -> str:
    """Write what is measured, and the columns."""
    return (
        f"{healthy} healthy accounts and one more, {copies} copies a side; load {load()}\n"
        "milliseconds healthy / troubled; ratios troubled to healthy, with nine tenths of redrawn ones\n\n"
        f"{'trouble':<9}{'p50, ms':>17}{'p99, ms':>19}   {'ratio p50':<20}ratio p99"
    )


def line(trouble: Trouble, found: Pairs, chance: Random) -> str:
    """Write the figures of one trouble."""
    (good50, bad50), (good99, bad99) = found.pooled(50), found.pooled(99)
    times = f"{good50:>7.1f} / {bad50:<7.1f}{good99:>9.1f} / {bad99:<7.1f}"
    return f"{trouble.name:<9}{times}   {_ratio(found, 50, chance):<20}{_ratio(found, 99, chance)}"


def _ratio(found: Pairs, percent: int, chance: Random) -> str:
    least, most = found.interval(percent, chance)
    return f"{found.ratio(percent):.2f} ({least:.2f}-{most:.2f})"


def load() -> str:
    """Say how busy this machine is."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
