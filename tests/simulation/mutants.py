"""Plants each bug in turn and counts the seeds until it is caught: `python -m tests.simulation.mutants`."""

import multiprocessing
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import click

from tests.simulation.invariants import INVARIANTS, WITHOUT_A_BUG_OF_ITS_OWN
from tests.simulation.planted import PLANTED, planted
from tests.simulation.planted.stages import STAGES
from tests.simulation.verdict import judge

MOST_SEEDS = 300


@dataclass(kw_only=True)
class Hunt:
    """What became of one planted bug: the seeds tried, and the rules that fired in each that failed."""

    name: str
    tried: int = 0
    caught: dict[int, frozenset[str]] = field(default_factory=dict)
    """By how many seeds it took: the rules that broke."""
    innocent: list[int] = field(default_factory=list)
    """Seeds that fail without the bug as well, and so prove nothing."""

    @property
    def seeds(self) -> int | None:
        """Return how many seeds it took; None where it was missed."""
        return next(iter(self.caught), None)

    @property
    def rules(self) -> frozenset[str]:
        """Return every rule that broke in any of the seeds that failed."""
        return frozenset().union(*self.caught.values())

    @property
    def is_as_said(self) -> bool:
        """Tell whether the invariant that is said to catch the bug alone does."""
        alone = PLANTED[self.name].alone
        return alone is None or self.rules <= {alone}


def hunt(
    name: str, *, most: int = MOST_SEEDS, first: int = 0, failing: int = 1, stage: str | None = None
) -> Hunt:
    """Try seed after seed with a bug planted, until so many have failed that pass without it."""
    found = Hunt(name=name)
    stage = stage or PLANTED[name].stage.name
    for seed in range(first, first + most):
        found.tried += 1
        with planted(name):
            broken = _broken(seed, stage)
        if broken and _is_clean(seed, stage):
            found.caught[found.tried] = broken
        elif broken:
            found.innocent.append(seed)
        if len(found.caught) == failing:
            break
    return found


def only_caught_by(hunts: Iterable[Hunt]) -> dict[str, list[str]]:
    """Return, for each invariant, the bugs that nothing but it caught."""
    table: dict[str, list[str]] = {invariant: [] for invariant in INVARIANTS}
    for one in hunts:
        if len(one.rules) == 1:
            table[next(iter(one.rules))].append(one.name)
    return table


def _broken(seed: int, stage: str) -> frozenset[str]:
    try:
        violations = judge(seed, stage=STAGES[stage]).violations
    except Exception as e:  # noqa: BLE001 - whatever broke was broken by the bug
        return frozenset({f"health ({type(e).__name__}: {e})"})
    return frozenset(one.rule for one in violations)


@cache
def _is_clean(seed: int, stage: str) -> bool:
    """Tell whether a seed passes with the code as it is."""
    return not _broken(seed, stage)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--most", default=MOST_SEEDS, show_default=True, help="Seeds to try for each.")
@click.option("--failing", default=1, show_default=True, help="Failing seeds to judge each bug by.")
@click.option("--stage", type=click.Choice(list(STAGES)), help="Put every bug on this stage, not its own.")
@click.option("--processes", default=os.cpu_count() or 1, show_default="all cores")
def main(names: tuple[str, ...], most: int, failing: int, stage: str | None, processes: int) -> None:
    """Plant the named bugs, or all of them: how many seeds each takes, and which invariants catch it.

    Ends with 1 where a bug is missed or, of all of them, an invariant catches none alone.
    """
    jobs = [(name, most, failing, stage) for name in names or PLANTED]
    hunts: list[Hunt] = []
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for one in pool.imap_unordered(_hunt, jobs):
            click.echo(_line(one))
            hunts.append(one)
    missed = [one.name for one in hunts if one.seeds is None]
    if missed:
        click.echo(f"Missed: {', '.join(sorted(missed))}")
    shared = [one.name for one in hunts if stage is None and not one.is_as_said]
    if shared:
        click.echo(f"Said to be caught by one invariant alone, and are not: {', '.join(sorted(shared))}")
    sys.exit(bool(missed or shared) or (not names and not _tell_of_invariants(hunts)))


def _hunt(job: tuple[str, int, int, str | None]) -> Hunt:
    name, most, failing, stage = job
    return hunt(name, most=most, failing=failing, stage=stage)


def _line(one: Hunt) -> str:
    took = "MISSED" if one.seeds is None else str(one.seeds)
    innocent = f" (fails without it too: {one.innocent})" if one.innocent else ""
    return f"{one.name:36} {took:>6}  {' '.join(sorted(one.rules))}{innocent}"


def _tell_of_invariants(hunts: Sequence[Hunt]) -> bool:
    """Print which bugs each invariant catches alone; tell whether each that can has one."""
    is_complete = True
    click.echo("\nInvariant, and the bugs that only it catches:")
    for invariant, bugs in only_caught_by(hunts).items():
        excuse = WITHOUT_A_BUG_OF_ITS_OWN.get(invariant)
        is_complete = is_complete and bool(bugs or excuse)
        click.echo(f"{invariant:8} {', '.join(sorted(bugs)) or excuse or 'NONE'}")
    return is_complete


if __name__ == "__main__":
    main()
