"""Running one seed to its verdict: what happened, how much of it, and which rules did not hold."""

import gc
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from tests.simulation import (
    check_agreement,
    check_copied,
    check_day,
    check_engine,
    check_exactly_once,
    check_exits,
    check_following,
    check_growing,
    check_isolation,
    check_late,
    check_lost,
    check_operator,
    check_plans,
    check_quantities,
    check_sending,
    check_square_offs,
    check_waiting,
)
from tests.simulation.history import History
from tests.simulation.stage import WHOLE_DAY, Stage
from tests.simulation.truth import Truth
from tests.simulation.two_days import go_to_first_day, next_day
from tests.simulation.virtual_loop import run_virtually
from tests.simulation.world import Violation, World

CHECKS = (
    check_exactly_once,
    check_lost,
    check_day,
    check_copied,
    check_late,
    check_quantities,
    check_plans,
    check_exits,
    check_square_offs,
    check_agreement,
    check_following,
    check_growing,
    check_operator,
    check_sending,
    check_waiting,
    check_isolation,
    check_engine,
)
ENDS = (check_lost, check_agreement, check_operator)
"""What has to hold at the end, and may take its time until then."""
_MISHAPS = (
    "no connection",
    "disconnected",
    "token dies",
    "journal failed",
    "broker away",
    "not permitted",
    "clock jumps",
    "journal lost",
    "squared off",
    "rules broken",
    "doubled",
    "push lost",
    "push late",
    "push doubled",
)
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only a faster place for the same random folder


@dataclass
class Verdict:
    """One seed's outcome; `counts` adds up over seeds."""

    seed: int
    violations: list[Violation]
    stage: str = WHOLE_DAY.name
    counts: Counter[str] = field(default_factory=Counter)
    history: History | None = None

    @property
    def report(self) -> str:
        """Return each broken rule, and the history of what the first one is about."""
        lines = [f"Seed {self.seed}: {len(self.violations)} rule(s) broken."]
        lines += [f"  {one.rule}: {one.text}" for one in self.violations]
        if self.violations and self.history is not None:
            lines += ["", self.history.about(self.violations[0].keys)]
        aimed = "" if self.stage == WHOLE_DAY.name else f" --stage '{self.stage}'"
        lines.append(f"\nAgain: python -m tests.simulation --seed {self.seed}{aimed}")
        return "\n".join(lines)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Look for cyclic garbage between seeds only: while one lives, its objects are looked through in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_no_collection()
def judge(
    seed: int, *, strength: float = 1.0, stage: Stage = WHOLE_DAY, checks: Sequence[ModuleType] = CHECKS
) -> Verdict:
    """Let one seed's world live, and check it. The journal is a real file, in memory where that can be."""
    shelf = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    ends = [check for check in checks if check in ENDS]
    with tempfile.TemporaryDirectory(prefix="tandem-simulation-", dir=shelf) as folder:

        async def live() -> World:
            if stage.begins:
                go_to_first_day(seed, stage.begins)
            world = World(seed, Path(folder), strength=strength, stage=stage)
            if stage.begins:
                always = [check for check in checks if check not in ENDS]
                world = await next_day(world, Path(folder), strength, always)

            def is_fine() -> bool:
                truth = Truth(world)
                return not any(True for check in ends for _ in check.check(truth))

            await world.run(is_fine)
            return world

        world = run_virtually(live)
    truth = Truth(world)
    violations = list(world.record.violations)
    for check in checks:
        violations += check.check(truth)
    return Verdict(seed, violations, stage.name, _counts(world, truth), world.history)


def _counts(world: World, truth: Truth) -> Counter[str]:
    happened = Counter(event.what for event in world.history.events)
    copies = world.snapshot["copies"].values() if world.snapshot else ()
    return Counter(
        {
            "seeds": 1,
            "primary orders": len(truth.primary),
            "copies": len(copies),
            "requests": len(world.record.sent),
            "looks": happened["looks"],
            "faults": world.exchange.plan.met.total()
            + sum(happened[what] for what in _MISHAPS)
            + world.oddities.met.total(),
            "hand acts": sum(n for what, n in happened.items() if what.startswith("hand ")),
            "rule edits": happened["rules edited"],
            "journals lost": happened["journal lost"],
            "clock jumps": happened["clock jumps"],
            "orders doubled": happened["doubled"],
            "crashes": happened["KILLED"],
            "journal failures": happened["journal failed"],
            "square-offs": len(truth.square_offs),
            "races": world.operators.races,
            "stops": world.operators.stops,
            "virtual seconds": round(world.history.now_s),
            **{f"copy {state}": n for state, n in Counter(str(copy["state"]) for copy in copies).items()},
        }
    )
