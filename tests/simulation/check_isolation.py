"""I18: no account waits for another. In virtual time that is exact: what may leave, leaves in that moment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain import events as e
from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_CONNECTIONS = 8
_TO_DIAL_S = 0.1
"""Three round trips of at most 0.03 s, times the factor by which an account is slow."""
_ENTRIES_PER_SECOND = 6
_ENTRIES_PER_MINUTE = 340
_UNRESOLVED = {"PENDING", "SENDING", "IN_DOUBT"}


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _on_the_way(truth)
    if not truth.happened & {"clock jumps", "journal lost"}:
        yield from _in_the_queue(truth)


def _on_the_way(truth: Truth) -> Iterator[Violation]:
    """What was let go reaches its wire as soon as its own account has a connection for it."""
    let_go: dict[str, float] = {}
    early: set[str] = set()
    under_way: dict[str, set[str]] = defaultdict(set)
    for event in truth.world.history.events:
        match event.detail:
            case e.AttemptStarted() | e.AmendmentStarted() as fact:
                has_room = len(under_way[fact.account_id]) < _CONNECTIONS
                if event.keys[-1] not in early:
                    let_go[event.keys[-1]] = event.at_s if has_room else float("inf")
                early.discard(event.keys[-1])
                under_way[fact.account_id].add(fact.tag)
            case e.AttemptEnded() | e.AmendmentEnded() as fact:
                under_way[fact.account_id].discard(fact.tag)
                let_go.pop(fact.tag, None)
            case e.EngineStarted():
                let_go.clear()
                under_way.clear()
            case _ if event.what.startswith("SENDS"):
                account_id, name = event.keys[:2]
                if name not in let_go:
                    early.add(name)  # it left before it was written down
                waited_s = event.at_s - let_go.pop(name, event.at_s)
                if waited_s > _TO_DIAL_S * max(truth.world.drawn.slow_factors.get(account_id, 1.0), 1.0):
                    text = f"{account_id}: {name} took {waited_s:.3f} s to its wire, with connections left."
                    yield Violation("I18", text, (account_id, name))
            case _:
                pass


@dataclass
class _Account:
    """What alone may hold a fresh entry back: its own symbol, its own pace, its own session."""

    states: dict[str, tuple[str, str]] = field(default_factory=dict)
    spent: list[float] = field(default_factory=list)
    """When something was let go, and when it left: a start knows the one and not the other."""
    amending: set[str] = field(default_factory=set)
    """Changes that were let go and not answered: as orders do, they may still wait for a connection."""
    is_blocked: bool = False

    def is_free(self, instrument: str, at_s: float) -> bool:
        """Tell whether an entry planned now may leave now."""
        second = sum(1 for spent_s in self.spent if spent_s > at_s - 1.0 - 1e-6)
        minute = sum(1 for spent_s in self.spent if spent_s > at_s - 60.0 - 1e-6)
        under_way = sum(1 for _, state in self.states.values() if state == "SENDING") + len(self.amending)
        is_waiting = any(
            symbol == instrument and state in _UNRESOLVED for symbol, state in self.states.values()
        )
        is_slow = second + under_way >= _ENTRIES_PER_SECOND or minute >= _ENTRIES_PER_MINUTE
        return not (self.is_blocked or is_slow or is_waiting)

    def move(self, tag: str, state: str) -> None:
        """Note what became of a leg, if it is one of this account's."""
        if tag in self.states:
            self.states[tag] = (self.states[tag][0], state)

    def start(self) -> None:
        """Note a start of the engine."""
        self.is_blocked = False
        self.amending.clear()
        for tag, (_, state) in self.states.items():
            self.move(tag, "IN_DOUBT" if state == "SENDING" else state)


class _Queues:
    """Follows the facts; `due` has what was free to leave when it was planned, and has not left."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._accounts: dict[str, _Account] = defaultdict(_Account)
        self._is_stopped = False
        self._started_s = 0.0
        self.due: dict[str, tuple[float, str]] = {}

    def take(self, at_s: float, fact: e.Fact) -> None:
        """Fold one fact."""
        match fact:
            case e.EngineStarted():
                self._started_s = at_s
                self.due.clear()
                for account in self._accounts.values():
                    account.start()
            case e.CopyingStopped() | e.CopyingResumed():
                self._is_stopped = isinstance(fact, e.CopyingStopped)
            case e.AccountBlocked() | e.AccountUnblocked():
                self._accounts[fact.account_id].is_blocked = isinstance(fact, e.AccountBlocked)
            case e.CopyPlanned():
                self._plan(at_s, fact)
            case e.LegsAdded():
                self._grow(fact)
            case e.AmendmentStarted():
                self._accounts[fact.account_id].amending.add(fact.tag)
                self.spend(fact.account_id, at_s)
            case e.AmendmentEnded():
                self._accounts[fact.account_id].amending.discard(fact.tag)
            case _:
                self._take_of_leg(at_s, fact)

    def spend(self, account_id: str, at_s: float) -> None:
        """Note that an account let something go, or that it left."""
        self._accounts[account_id].spent.append(at_s)

    def _plan(self, at_s: float, fact: e.CopyPlanned) -> None:
        mine = self._accounts[fact.account_id]
        is_fresh = fact.closing_units == 0 and not fact.legs[0].generation
        is_known = _was_read(self._truth, fact.account_id, self._started_s, at_s)
        if is_fresh and is_known and not self._is_stopped and mine.is_free(fact.instrument, at_s):
            self.due[fact.legs[0].tag] = (at_s, fact.account_id)
        for leg in fact.legs:
            mine.states[leg.tag] = (fact.instrument, "PENDING")

    def _grow(self, fact: e.LegsAdded) -> None:
        """Let what was planned in this turn wait for the legs that an older copy of its symbol got."""
        instrument = self._truth.planned[fact.legs[0].tag].fact.instrument
        states = self._accounts[fact.account_id].states
        states.update({leg.tag: (instrument, "PENDING") for leg in fact.legs})
        self.due = {tag: due for tag, due in self.due.items() if states.get(tag, ("", ""))[0] != instrument}

    def _take_of_leg(self, at_s: float, fact: e.Fact) -> None:
        match fact:
            case e.AttemptStarted():
                self.due.pop(fact.tag, None)
                self._accounts[fact.account_id].move(fact.tag, "SENDING")
                self.spend(fact.account_id, at_s)
            case e.LegMoved():
                self.due.pop(fact.tag, None)
                for account in self._accounts.values():
                    account.move(fact.tag, fact.state)
            case e.AttemptEnded():
                self._accounts[fact.account_id].move(fact.tag, fact.state)
            case e.OrderMatched():
                self._accounts[fact.account_id].move(fact.tag, fact.order.status)
            case _:
                pass


def _in_the_queue(truth: Truth) -> Iterator[Violation]:
    """An entry leaves in the turn it was planned in, unless something of its own account is in its way."""
    queues = _Queues(truth)
    for event in truth.world.history.events:
        for tag, (planned_s, account_id) in list(queues.due.items()):
            if planned_s < event.at_s:
                queues.due.pop(tag)
                text = (
                    f"{planned_s:.3f} s: {tag} of {account_id} did not leave, and nothing of its own kept it."
                )
                yield Violation("I18", text, (account_id, tag))
        if event.what.startswith("SENDS"):
            queues.spend(event.keys[0], event.at_s)
        elif isinstance(event.detail, e.Fact):
            queues.take(event.at_s, event.detail)


def _was_read(truth: Truth, account_id: str, from_s: float, to_s: float) -> bool:
    """Tell whether an account's list was read since a start, and never hid anything."""
    record = truth.world.record
    looks = zip(record.asked.get(account_id, ()), record.answered.get(account_id, ()), strict=True)
    was_read = any(asked_s > from_s and answered_s < to_s for asked_s, answered_s in looks)
    return was_read and not truth.world.oddities.hid_something(account_id, 0.0, to_s)
