"""Plants each bug in turn and counts the seeds until it is caught: `python -m tests.simulation.mutants`."""

import multiprocessing
import os
import sys

import click

from tests.simulation.planted import PLANTED, planted
from tests.simulation.verdict import judge

MOST_SEEDS = 300


def caught(name: str, most: int = MOST_SEEDS) -> tuple[str, int | None, str]:
    """Return the number of seeds that a planted bug took, None if it was missed, and what caught it."""
    with planted(name):
        for seed in range(most):
            try:
                violations = judge(seed).violations
            except Exception as e:  # noqa: BLE001 - whatever broke was broken by the bug
                return name, seed + 1, f"{type(e).__name__}: {e}"
            if violations:
                rules = sorted({one.rule for one in violations})
                return name, seed + 1, " ".join(rules)
    return name, None, "missed"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--most", default=MOST_SEEDS, show_default=True, help="Seeds to try for each.")
@click.option("--processes", default=os.cpu_count() or 1, show_default="all cores")
def main(names: tuple[str, ...], most: int, processes: int) -> None:
    """Plant the named bugs, or all of them, and report after how many seeds each was caught."""
    missed = 0
    jobs = [(name, most) for name in names or PLANTED]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for name, seeds, by in pool.imap_unordered(_caught, jobs):
            click.echo(f"{name:32} {seeds or 'MISSED':>6}  {by}")
            missed += seeds is None
    sys.exit(bool(missed))


def _caught(job: tuple[str, int]) -> tuple[str, int | None, str]:
    return caught(*job)


if __name__ == "__main__":
    main()
