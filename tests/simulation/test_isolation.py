"""I18: an account in trouble costs the others nothing, measured on the virtual clock over the same days."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import pytest

from app.domain.events import Fact
from app.exchange.faults import FaultKind, FaultRule
from tests.simulation.chances import Chances
from tests.simulation.check_waiting import Scene
from tests.simulation.operators import Operators
from tests.simulation.stage import Stage
from tests.simulation.verdict import judge

SEEDS = range(6)
MOST = 1.5
_VICTIM = "PA0002"
FACTS = {kind.__name__ for kind in get_args(Fact)}
_ENTRIES_PER_SECOND = 6
_A_SECOND_S = 1.001


class _NobodyThere(Operators):
    """Operators at lunch: stops and switches would differ with what they see."""

    async def run(self, *, is_manual: bool) -> None:
        """Do nothing."""


def _nothing(chances: Chances) -> Chances:
    return chances


def _always(kind: FaultKind, route: str) -> Callable[[Chances], Chances]:
    def trouble(chances: Chances) -> Chances:
        rule = FaultRule(kind=kind, account=_VICTIM, route=route, count=None)
        chances.rules.append(rule)
        return chances

    return trouble


def _crawl(chances: Chances) -> Chances:
    chances.slow_factors[_VICTIM] = 300.0
    return chances


TROUBLES = {
    "hangs": _always(FaultKind.HANG, "orders.*"),
    "hangs at each order": _always(FaultKind.HANG, "orders.place"),
    "is rate-limited": _always(FaultKind.TOO_MANY, "orders.*"),
    "is rate-limited at each order": _always(FaultKind.TOO_MANY, "orders.place"),
    "crawls": _crawl,
}


@cache
def _latencies_s(trouble: str | None) -> tuple[float, ...]:
    """Return, sorted, how long after each primary order its copies in the healthy accounts left.

    Left out is what waits for its own account alone: exits and copies behind older ones of their instrument
    wait for fills, and what an account has too much of for one second waits for the next. Which of a burst
    that is depends on the moment of a look, and the looks of two days are not at the same moments.
    """
    stage = Stage(
        name="isolation",
        chances=_nothing if trouble is None else TROUBLES[trouble],
        operators=_NobodyThere,
        day_s=(35.0, 40.0),
        orders=(22, 28),
    )
    found: list[float] = []
    for seed in SEEDS:
        history = judge(seed, strength=0.0, stage=stage).history
        assert history is not None
        scene = Scene()
        placed: dict[str, float] = {}
        waited_for: dict[str, str] = {}
        left: dict[str, list[float]] = defaultdict(list)
        for event in history.events:
            fact: Any = event.detail
            if event.what == "trader places" and event.keys:
                placed[event.keys[0]] = event.at_s
            elif event.what.startswith("SENDS"):
                account_id, tag = event.keys[:2]
                lately = [at_s for at_s in left[account_id] if event.at_s - at_s < _A_SECOND_S]
                left[account_id] = [*lately, event.at_s]
                order_id = waited_for.pop(tag, None)
                if order_id is not None and len(lately) < _ENTRIES_PER_SECOND:
                    found.append(event.at_s - placed[order_id])
            elif event.what in FACTS:
                scene.take(fact)
            if event.what == "CopyPlanned" and fact.account_id != _VICTIM and not fact.closing_units:
                legs = [scene.legs[str(leg.tag)] for leg in fact.legs]
                waited_for |= {leg.tag: str(fact.primary_order_id) for leg in legs if scene.is_next(leg)}
    return tuple(sorted(found))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_others_send_as_fast_as_without_the_trouble(trouble: str) -> None:
    alone, beside = _latencies_s(None), _latencies_s(trouble)
    assert len(beside) >= len(alone) * 0.9 > 40
    assert _p(beside, 0.99) <= MOST * _p(alone, 0.99), (_p(beside, 0.99), _p(alone, 0.99))
    assert _p(beside, 0.5) <= MOST * _p(alone, 0.5)


def _p(times: tuple[float, ...], part: float) -> float:
    return times[min(int(len(times) * part), len(times) - 1)]
