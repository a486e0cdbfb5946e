"""One run of chaos: trade under kills and faults, let everything settle, compare what everybody says."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests
from kiteconnect.exceptions import KiteException

from tests.builders.eventually import eventually
from tests.chaos import check_agreement, check_orders, check_trade_log, figures
from tests.chaos.evidence import Evidence, Violation, collect
from tests.chaos.house import SECONDARIES, House
from tests.chaos.mishaps import Mishaps
from tests.chaos.nemesis import Nemesis
from tests.chaos.operators import Operator, questions
from tests.chaos.trader import Trader

SETTLE_TIMEOUT_S = 150.0
_COMPARE_EVERY_S = 1.0
_UNSETTLED = {"SENDING", "IN_DOUBT"}


@dataclass(kw_only=True)
class Verdict:
    """What a run came to; it held if nothing was violated and nobody broke.

    `late_finds` are orders that were on their way when their engine died, and that the next one found only
    after it had looked for them in vain.
    """

    seed: int
    counts: dict[str, object] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    clerk_kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    late_finds: int = 0
    stops: int = 0
    orders: int = 0
    exact_positions: int = 0
    violations: list[Violation] = field(default_factory=list)
    evidence: Evidence | None = None

    @property
    def report(self) -> str:
        """Return the figures, and the history of the copies concerned by what went wrong."""
        lines = [f"seed {self.seed}"]
        lines += [f"  {name:<24} {value}" for name, value in self.counts.items()]
        lines += [f"{one.kind}: {one.text}" for one in self.violations]
        for one in self.violations[:3]:
            lines += ["", f"History of {' '.join(one.keys)}:"]
            lines.append(self.evidence.history(one.keys) if self.evidence else "none")
        return "\n".join(lines)


def run(folder: Path, *, orders: int, kills: int, seed: int) -> Verdict:
    """Run chaos in a folder; AssertionError with all that was printed where it came to no end."""
    began_s = time.monotonic()
    house = House(folder, TANDEM_RECORDS="true")
    try:
        house.wait_ready()
        await_copying(house)
        actors = _Actors(house, orders=orders, kills=kills, seed=seed)
        actors.act()
        chaos_s = time.monotonic() - began_s
        verdict = _judge(house, actors, seed)
        verdict.counts |= {
            "of chaos, s": round(chaos_s, 1),
            "in all, s": round(time.monotonic() - began_s, 1),
        }
    except Exception as e:
        raise AssertionError(f"Seed {seed}: {e}\n{house.output}") from e
    else:
        return verdict
    finally:
        house.close()


class _Actors:
    """Everybody who does something, each in a thread and with a random stream of their own."""

    def __init__(self, house: House, *, orders: int, kills: int, seed: int) -> None:
        def random(name: str) -> Random:
            return Random(f"{name} {seed}")  # noqa: S311 - chaos has to be repeatable, not secret

        self.trader = Trader(house, random("trader"), orders)
        self.nemesis = Nemesis(house, random("nemesis"), kills, self.trader, orders)
        self.mishaps = Mishaps(house, random("mishaps"))
        self.operator = Operator(house)
        self._house = house

    def act(self) -> None:
        """Trade and kill until both are done; raises what broke any of them."""
        stop = threading.Event()

        def guarded(work: Callable[[threading.Event], None]) -> None:
            try:
                work(stop)
            except BaseException:
                stop.set()
                raise

        with ThreadPoolExecutor() as pool:
            ending = [pool.submit(guarded, actor.work) for actor in (self.trader, self.nemesis)]
            others = [pool.submit(guarded, actor.work) for actor in (self.mishaps, self.operator)]
            try:
                for done in ending:
                    done.result()
            finally:
                stop.set()
            for done in others:
                done.result()
        self.trader.close()


def await_copying(house: House) -> None:
    """Wait for the first copies: what is placed before the first look is rightly held."""

    def is_copying() -> bool:
        shown = house.shown()
        return shown is not None and any(copy["legs"] for copy in shown["copies"].values())

    eventually(is_copying, timeout_s=60, what="the first copies")


def settle(house: House, operator: Operator, verdict: Verdict) -> None:
    """Do what the page asks for and compare until all agree; what does not after a while is violated."""
    never = threading.Event()

    def agrees() -> bool:
        never.wait(_COMPARE_EVERY_S)
        shown = house.shown()
        assert shown is not None, "the page hears no engine"
        unsettled = [copy for copy in shown["copies"].values() if copy["state"] in _UNSETTLED]
        assert not unsettled, f"not settled: {unsettled}"
        assert not operator.answer(shown, never), f"still asked of the operator: {questions(shown)}"
        try:
            seen = collect(house, operator.retried)
        except (requests.RequestException, KiteException) as e:
            raise AssertionError(f"not everybody could be asked: {e}") from e
        assert seen is not None, "something changed while everybody was asked"
        verdict.evidence = seen
        checks = (check_orders, check_agreement, check_trade_log)
        verdict.violations = [one for check in checks for one in check.check(seen)]
        # What was doubled stays doubled; all else may only need another look.
        return not verdict.violations or any(one.kind == "doubled" for one in verdict.violations)

    try:
        eventually(agrees, timeout_s=SETTLE_TIMEOUT_S, what="agreement of page, journal and exchange")
    except AssertionError:
        if not verdict.violations:
            raise
    seen = verdict.evidence
    assert seen is not None
    verdict.exact_positions = len(check_agreement.exact_positions(seen))
    verdict.faults = Counter(
        row["fault"] for row in seen.ledger if row["fault"] and row["account"] in SECONDARIES
    )
    verdict.counts = told_of(seen, verdict)


def _judge(house: House, actors: _Actors, seed: int) -> Verdict:
    house.wait_exchange()
    actors.mishaps.end()
    nemesis = actors.nemesis
    verdict = Verdict(
        seed=seed,
        kills=nemesis.kills,
        clerk_kills=nemesis.clerk_kills,
        stops=nemesis.halt.count,
        orders=actors.trader.placed,
    )
    settle(house, actors.operator, verdict)
    verdict.violations += nemesis.halt.violations
    verdict.counts = {
        "kills": f"{verdict.kills.total()} {dict(verdict.kills)}",
        "kills of clerks": dict(verdict.clerk_kills),
        "supervisor kills": house.supervisor_kills,
        "pauses": dict(nemesis.pauses),
        "stops": verdict.stops,
        "left while stopped": len(nemesis.halt.violations),
        **verdict.counts,
        "orders of the trader": actors.trader.placed,
        "changed, cancelled": f"{actors.trader.changed}, {actors.trader.cancelled}",
        "pushes dropped": actors.mishaps.drops,
        "asked the operator": dict(actors.operator.asked),
        "retries granted": actors.operator.retried.total(),
        "retries declined": dict(Counter(actors.operator.declined.values())),
        "commands repeated": actors.operator.repeats,
    }
    return verdict


def told_of(seen: Evidence, verdict: Verdict) -> dict[str, object]:
    """Return the figures of a run that lie in what everybody says."""
    kinds = Counter(one.kind for one in verdict.violations)
    states = Counter(
        f"{copy['state']} {copy['reason']['code'] if copy['reason'] else ''}".strip() for copy in seen.copies
    )
    verdict.origins, verdict.late_finds = figures.origins(seen), figures.late_finds(seen)
    return {
        "primary orders": len(seen.primary),
        "copies": len(seen.copies),
        "copy states": dict(states),
        "how they came about": dict(verdict.origins),
        "in doubt": figures.doubts(seen),
        "found late after a crash": verdict.late_finds,
        "rows of the trade log": len(seen.log) - 1 if seen.log else None,
        "orders of copies": sum(len(seen.lists[account]) for account in SECONDARIES),
        "faults met": f"{verdict.faults.total()} {dict(verdict.faults)}",
        "positions exact": verdict.exact_positions,
        "doubled": kinds["doubled"],
        "lost": kinds["lost"],
        "otherwise wrong": kinds["wrong"],
        "wrong in the trade log": kinds["log"],
    }
