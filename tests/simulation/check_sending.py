"""I6, I12, I14: how fast, in which order, and how often on a dead token requests left."""

from collections import defaultdict
from collections.abc import Iterator

from app.domain import events as e
from tests.simulation.truth import Accepted, Truth
from tests.simulation.world import Violation

_PER_SECOND = 10
_PER_SECOND_IN_A_LIFE = 8
_ON_A_DEAD_TOKEN = 8
_UNRESOLVED = {"PENDING", "SENDING", "IN_DOUBT"}


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _pace(truth)
    yield from _dead_tokens(truth)
    yield from _looked_first(truth)
    yield from _taken_in_order(truth)
    yield from _sent_in_order(truth)


def _pace(truth: Truth) -> Iterator[Violation]:
    """In one life, Tandem's own limit; over restarts, of which the journal knows decisions only, Kite's."""
    moments: dict[tuple[str, int], list[float]] = defaultdict(list)
    for sent in truth.world.record.sent:
        moments[sent.account_id, 0].append(sent.at_s)
        moments[sent.account_id, sent.life].append(sent.at_s)
    for (account_id, life), times in moments.items():
        most = _PER_SECOND_IN_A_LIFE if life else _PER_SECOND
        for first, last in zip(times, times[most:], strict=False):
            if last - first < 1.0 - 1e-6:
                text = f"{account_id}: more than {most} requests within a second from {first:.3f} s on."
                yield Violation("I6", text, (account_id,))
                break


def _looked_first(truth: Truth) -> Iterator[Violation]:
    """Nothing is sent again under its tag, or retried, without a look begun since."""
    since: dict[str, float] = {}
    for at_s, _, fact in truth.world.record.facts:
        match fact:
            case e.CopyPlanned():
                since.update({str(leg.tag): at_s for leg in fact.legs if leg.generation})
            case e.AttemptEnded():
                since[str(fact.tag)] = at_s
            case e.AttemptStarted() if fact.tag in since:
                begun_s = since[str(fact.tag)]
                asked = truth.world.record.asked.get(fact.account_id, [])
                if not any(begun_s < asked_s < at_s for asked_s in asked):
                    text = f"{at_s:.3f} s: {fact.tag} left again without a look since {begun_s:.3f} s."
                    yield Violation("look", text, (str(fact.tag), fact.account_id))
            case _:
                pass


def _dead_tokens(truth: Truth) -> Iterator[Violation]:
    for account_id, from_s, to_s in truth.world.nemesis.sessions.outages:
        sent = [s for s in truth.world.record.sent if s.account_id == account_id and from_s < s.at_s < to_s]
        if len(sent) > _ON_A_DEAD_TOKEN:
            text = f"{account_id}: {len(sent)} requests on a token that died at {from_s:.3f} s."
            yield Violation("I14", text, (account_id,))


def _taken_in_order(truth: Truth) -> Iterator[Violation]:
    """Of one account and instrument, the exchange takes copies in the order in which they were planned."""
    given_up = {
        str(fact.tag): at_s
        for at_s, _, fact in truth.world.record.facts
        if isinstance(fact, e.LegMoved) and fact.state not in _UNRESOLVED
    }
    queues: dict[tuple[str, str], list[Accepted]] = defaultdict(list)
    for order in truth.accepted:
        planned = truth.planned.get(str(order.entry.tag))
        if planned is not None:
            queues[order.account_id, planned.fact.instrument].append(order)
    for queue in queues.values():
        queue.sort(key=lambda order: order.at_s)
        for place, order in enumerate(queue):
            mine = truth.planned[str(order.entry.tag)]
            for earlier in queue[:place]:
                other = truth.planned[str(earlier.entry.tag)]
                is_overtaken = other.index > mine.index and other.fact.copy_id != mine.fact.copy_id
                gave_up_s = given_up.get(str(order.entry.tag), float("inf"))
                if is_overtaken and gave_up_s > earlier.sent.at_s:
                    text = f"{other.fact.copy_id} was taken before the older {mine.fact.copy_id}."
                    yield Violation("I12", text, (mine.fact.copy_id, other.fact.copy_id, order.account_id))


def _sent_in_order(truth: Truth) -> Iterator[Violation]:
    """Nothing leaves while an older copy of its account and instrument is unsent or in doubt."""
    states: dict[str, str] = {}
    queues: dict[tuple[str, str], list[str]] = defaultdict(list)
    lost = {facts for _, facts in truth.world.record.losses}
    for number, (_, _, fact) in enumerate(truth.world.record.facts):
        if number in lost:
            states.clear()
            queues.clear()
        match fact:
            case e.CopyPlanned():
                for leg in fact.legs:
                    states[leg.tag] = "PENDING"
                    queues[fact.account_id, fact.instrument].append(leg.tag)
            case e.AttemptStarted():
                mine = truth.planned[fact.tag]
                for tag in queues[fact.account_id, mine.fact.instrument]:
                    other = truth.planned[tag]
                    if other.index >= mine.index:
                        break
                    if states[tag] in _UNRESOLVED and other.fact.copy_id != mine.fact.copy_id:
                        text = f"{mine.fact.copy_id} left while {other.fact.copy_id} was {states[tag]}."
                        yield Violation("I12", text, (mine.fact.copy_id, other.fact.copy_id, fact.account_id))
                        break
                states[fact.tag] = "SENDING"
            case e.AttemptEnded() | e.LegMoved():
                states[fact.tag] = str(fact.state)
            case e.OrderMatched():
                states[fact.tag] = fact.order.status
            case e.EngineStarted():
                states.update({tag: "IN_DOUBT" for tag, state in states.items() if state == "SENDING"})
            case _:
                pass
