"""Runs the simulation: one seed in full detail, or many seeds on all cores."""

import gc
import multiprocessing
import os
import sys
import time
from collections import Counter
from functools import partial

import click

from tests.simulation.planted.stages import STAGES
from tests.simulation.stage import WHOLE_DAY
from tests.simulation.summary import summary
from tests.simulation.verdict import judge
from tests.simulation.volume import summed_up


@click.command()
@click.option("--seed", type=int, help="Run this seed alone, print its digest and, if it fails, its history.")
@click.option("--seeds", default=500, show_default=True, help="How many seeds to run.")
@click.option("--first", default=0, show_default=True, help="The first of them.")
@click.option(
    "--stage", type=click.Choice(list(STAGES)), default=WHOLE_DAY.name, help="How the days are aimed."
)
@click.option("--processes", default=os.cpu_count() or 1, show_default="all cores")
@click.option("--keep", default=5, show_default=True, help="How many failures to print in full.")
def main(seed: int | None, seeds: int, first: int, stage: str, processes: int, keep: int) -> None:
    """Simulate trading days under faults and check every rule of the order protocol."""
    if seed is not None:
        sys.exit(_run_one(seed, stage))
    sys.exit(_run_many(range(first, first + seeds), stage, processes, keep))


def _run_one(seed: int, stage: str) -> int:
    verdict = judge(seed, stage=STAGES[stage])
    assert verdict.history is not None
    if verdict.violations:
        click.echo(verdict.report)
    click.echo(_figures(verdict.counts))
    click.echo(f"seed {seed} digest {verdict.history.digest} violations {len(verdict.violations)}")
    return bool(verdict.violations)


def _run_many(seeds: range, stage: str, processes: int, keep: int) -> int:
    total: Counter[str] = Counter()
    failed: list[int] = []
    started_s = time.perf_counter()
    # What is imported by then lives as long as the process: no need to look through it for garbage each time.
    with multiprocessing.get_context("spawn").Pool(processes, gc.freeze) as pool:
        for seed, counts, report in pool.imap_unordered(partial(summary, stage), seeds, chunksize=4):
            total += counts
            if report is not None:
                failed.append(seed)
                click.echo(report if len(failed) <= keep else f"Seed {seed} failed.")
    took_s = time.perf_counter() - started_s
    click.echo(_figures(total))
    click.echo(summed_up(total))
    click.echo(
        f"{len(seeds)} seeds in {took_s:.1f} s ({len(seeds) / took_s:.2f} a second), {len(failed)} failed",
        nl=False,
    )
    click.echo(f": {sorted(failed)}" if failed else "")
    return bool(failed)


def _figures(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


if __name__ == "__main__":
    main()
