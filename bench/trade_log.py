"""What the trade log costs the copies: two stacks side by side, one of which writes a sheet."""

import sys
from random import Random

import click

from bench.isolation import TARGET, Pairs, heading, line, load
from bench.stack import stack
from bench.troubles import Trouble

_NONE = Trouble(name="none", what="neither writes a sheet: the two stacks differ by this much")
_LOG = Trouble(name="trade log", what="one writes a sheet")


def measure(*, has_log: bool, healthy: int, pairs: int, orders: int, chance: Random) -> Pairs:
    """Run pairs of rounds, in each the two stacks in random order."""
    found = Pairs()
    with stack(healthy, None) as without, stack(healthy, None, has_trade_log=has_log) as beside:
        sides = [(without, found.healthy), (beside, found.troubled)]
        for _ in range(pairs):
            for side, rounds in chance.sample(sides, 2):
                rounds.append(side.round(orders, chance))
    return found


@click.command()
@click.option("--healthy", default=8, show_default=True, help="Accounts that are copied to.")
@click.option("--pairs", default=24, show_default=True, help="Pairs of rounds, without and with a log.")
@click.option("--orders", default=4, show_default=True, help="Primary orders in a round.")
@click.option("--seed", default=1, show_default=True)
def main(healthy: int, pairs: int, orders: int, seed: int) -> None:
    """Measure the time from a primary order to its copies, without a trade log and beside one."""
    chance = Random(seed)  # noqa: S311 - the order of rounds and their pauses
    click.echo(heading(healthy, healthy * pairs * orders))
    lowest = 0.0
    for trouble, has_log in ((_NONE, False), (_LOG, True)):
        found = measure(has_log=has_log, healthy=healthy, pairs=pairs, orders=orders, chance=chance)
        click.echo(line(trouble, found, chance))
        lowest = found.interval(99, chance)[0]
    click.echo(f"\nload {load()}")
    sys.exit(lowest > TARGET)


if __name__ == "__main__":
    main()
