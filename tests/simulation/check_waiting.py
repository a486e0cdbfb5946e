"""Rule 14: an exit leaves as soon as nothing but its own account's looks and pace stands before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.domain import events as e
from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_AT_MOST_S = 3.0
_BACK_OFF_S = 8.0
_PACE_S = 0.2
"""A look counts from when it was due; up to so much later, when reading again is allowed, it is asked for."""
_UNRESOLVED = {"PENDING", "SENDING", "IN_DOUBT"}
_MAY_STILL_FILL = {"SENDING", "OPEN", "TRIGGER PENDING", "PARTIAL", "TRIGGER_PENDING"}
_ENDED = {"COMPLETE", "CANCELLED", "CANCELLED AMO", "REJECTED"}
_GONE = ("KILLED", "down")


@dataclass
class _Leg:
    tag: str
    copy_id: str
    queue: tuple[str, str]
    sign: int
    is_exit: bool
    number: int
    state: str = "PENDING"
    has_failed: bool = False
    free_since_s: float | None = None


@dataclass
class Scene:
    """What stands before each exit, by the facts."""

    legs: dict[str, _Leg] = field(default_factory=dict)
    queues: dict[tuple[str, str], list[_Leg]] = field(default_factory=dict)
    exits: list[_Leg] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    is_stopped: bool = False
    is_alive: bool = False

    def take(self, fact: e.Fact) -> None:
        """Take the next fact in."""
        match fact:
            case e.CopyPlanned() | e.LegsAdded():
                self._plan(fact)
            case e.AttemptStarted():
                self.legs[str(fact.tag)].state = "SENDING"
            case e.AttemptEnded():
                self.legs[str(fact.tag)].state = str(fact.state)
                self.legs[str(fact.tag)].has_failed |= fact.reason is not None
            case e.LegMoved():
                self.legs[str(fact.tag)].state = str(fact.state)
            case e.OrderMatched():
                state = fact.order.status if fact.order.status in _ENDED else "OPEN"
                self.legs[str(fact.tag)].state = state
            case e.AccountBlocked():
                self.blocked.add(str(fact.account_id))
            case e.AccountUnblocked():
                self.blocked.discard(str(fact.account_id))
            case e.CopyingStopped() | e.CopyingResumed():
                self.is_stopped = isinstance(fact, e.CopyingStopped)
            case e.EngineStarted():
                self.is_alive = True
                self.blocked.clear()
                for leg in self.legs.values():
                    leg.state = "IN_DOUBT" if leg.state == "SENDING" else leg.state
            case _:
                pass

    def _plan(self, fact: e.CopyPlanned | e.LegsAdded) -> None:
        """A leg that was added later has its copy's turn."""
        if isinstance(fact, e.LegsAdded):
            first = next(leg for leg in self.legs.values() if leg.copy_id == fact.copy_id)
        else:
            is_exit = fact.closing_units > 0 and fact.opening_units == 0
            queue = (str(fact.account_id), fact.instrument)
            first = _Leg("", str(fact.copy_id), queue, fact.side.sign, is_exit, len(self.legs))
        for one in fact.legs:
            tag = str(one.tag)
            leg = replace(first, tag=tag, state="PENDING", has_failed=False, free_since_s=None)
            self.legs[tag] = leg
            self.queues.setdefault(leg.queue, []).append(leg)
            self.exits += [leg] * leg.is_exit

    def touched(self, fact: e.Fact | None) -> list[_Leg]:
        """Return the exits before which something else may stand since a fact, or since a death."""
        match fact:
            case e.CopyPlanned() | e.LegsAdded():
                queue = self.legs[str(fact.legs[0].tag)].queue
            case e.AttemptStarted() | e.AttemptEnded() | e.LegMoved() | e.OrderMatched():
                queue = self.legs[str(fact.tag)].queue
            case None | e.EngineStarted() | e.AccountBlocked() | e.AccountUnblocked():
                return self.exits
            case e.CopyingStopped() | e.CopyingResumed():
                return self.exits
            case _:
                return []
        return [leg for leg in self.queues[queue] if leg.is_exit]

    def waiting(self) -> list[_Leg]:
        """Return the exits that have not left."""
        return [leg for leg in self.exits if leg.state == "PENDING"]

    def is_free(self, leg: _Leg) -> bool:
        """Tell whether nothing stands before an exit."""
        if not self.is_alive or self.is_stopped or leg.queue[0] in self.blocked:
            return False
        return self.is_next(leg) and not any(
            one.state in _MAY_STILL_FILL and one.sign != leg.sign and one.copy_id != leg.copy_id
            for one in self.queues[leg.queue]
        )

    def is_next(self, leg: _Leg) -> bool:
        """Tell whether no older copy of its account and instrument is unsent or in doubt."""
        return not any(
            one.state in _UNRESOLVED and one.number < leg.number and one.copy_id != leg.copy_id
            for one in self.queues[leg.queue]
        )


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    scene = Scene()
    for at_s, fact in _events(truth):
        if fact is None:
            scene.is_alive = False
        else:
            scene.take(fact)
        touched = scene.touched(fact)
        for leg in touched:
            if leg.state != "PENDING" and leg.free_since_s is not None:
                yield from _judge(truth, leg, at_s)
                leg.free_since_s = None
        if isinstance(fact, e.AttemptEnded):
            for leg in touched:
                leg.free_since_s = None  # what is held has to be looked at again
        for leg in touched:
            if leg.state != "PENDING":
                continue
            is_free = scene.is_free(leg)
            leg.free_since_s = (at_s if leg.free_since_s is None else leg.free_since_s) if is_free else None
    for leg in scene.waiting():
        if leg.free_since_s is not None:
            yield from _judge(truth, leg, truth.world.history.now_s)


def _judge(truth: Truth, leg: _Leg, left_s: float) -> Iterator[Violation]:
    record = truth.world.record
    looks = zip(record.answered.get(leg.queue[0], []), record.asked.get(leg.queue[0], []), strict=True)
    since_s = leg.free_since_s or 0.0
    if truth.world.oddities.hid_something(leg.queue[0], since_s, left_s):
        return  # what the account holds was not known
    looked_s = next((answered for answered, asked in looks if asked > since_s + _PACE_S), left_s)
    waited_s = left_s - looked_s
    if waited_s > _AT_MOST_S + (_BACK_OFF_S if leg.has_failed else 0.0):
        text = f"The exit {leg.copy_id} waited {waited_s:.1f} s, and nothing stood before it."
        yield Violation("rule 14", text, (leg.copy_id, leg.tag, leg.queue[0]))


def _events(truth: Truth) -> Iterator[tuple[float, e.Fact | None]]:
    """Return the facts in order, and None for each moment in which a life ended."""
    deaths = [(event.at_s, None) for event in truth.world.history.events if event.what in _GONE]
    facts = [(at_s, fact) for at_s, _, fact in truth.world.record.facts[truth.last_loss[1] :]]
    everything: list[tuple[float, e.Fact | None]] = [*facts, *deaths]
    yield from sorted(everything, key=lambda event: event[0])
