"""What processes tell one another of a simulated day: its stage goes by its name, and figures come back."""

from collections import Counter

from tests.simulation.planted.stages import STAGES
from tests.simulation.verdict import judge


def summary(stage: str, seed: int) -> tuple[int, Counter[str], str | None]:
    """Return a seed, its figures on a stage, and its report if it failed."""
    verdict = judge(seed, stage=STAGES[stage])
    return seed, verdict.counts, verdict.report if verdict.violations else None
