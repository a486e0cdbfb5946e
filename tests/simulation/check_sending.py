"""I6, I12, I14 and looks: how fast, in which order, on what token, and after which looks requests left."""

from collections import defaultdict
from collections.abc import Iterator

from app.domain import events as e
from app.domain.reasons import ReasonCode
from tests.simulation.parking import spoken_for, waits_for
from tests.simulation.truth import Accepted, Truth
from tests.simulation.world import Violation

_PER_SECOND = 10
_PER_SECOND_IN_A_LIFE = 8
_ENTRIES_PER_SECOND = 6
"""The rest of the eight is kept for exits and cancellations."""
_ON_A_DEAD_TOKEN = 8
_UNRESOLVED = {"PENDING", "SENDING", "IN_DOUBT"}
_MAY_FILL = {"SENDING", "OPEN", "TRIGGER PENDING", "TRIGGER_PENDING", "PARTIAL"}
_CHANGING = (" PENDING", "MODIFIED", "RECEIVED", "AWAITED")
"""How the words for orders under way end, and the one that nobody knows: neither says that an order ended."""


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _pace(truth)
    yield from _reserve(truth)
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


def _reserve(truth: Truth) -> Iterator[Violation]:
    """Entries and modifications leave room for exits and cancellations."""
    left: dict[str, list[float]] = defaultdict(list)
    let_go: dict[str, dict[str, str]] = defaultdict(dict)
    early: set[str] = set()
    for event in truth.world.history.events:
        match event.detail:
            case e.EngineStarted():
                left.clear()
                let_go.clear()
            case e.AttemptStarted() | e.AmendmentStarted() as fact:
                account_id, name = str(fact.account_id), event.keys[-1]
                recent = sum(1 for at_s in left[account_id] if at_s > event.at_s - 1.0 + 1e-6)
                spent = recent + len(let_go[account_id]) - (name in early)
                if not _is_urgent(truth, fact) and spent >= _ENTRIES_PER_SECOND:
                    text = f"{event.at_s:.3f} s: {fact.tag} of {account_id} used what is kept for exits."
                    yield Violation("I6", text, (account_id, str(fact.tag)))
                if name not in early:
                    let_go[account_id][name] = fact.tag
                early.discard(name)
            case e.AttemptEnded() | e.AmendmentEnded() as fact:
                let_go[fact.account_id] = {n: t for n, t in let_go[fact.account_id].items() if t != fact.tag}
            case _ if event.what.startswith("SENDS"):
                account_id, name = event.keys[:2]
                if let_go[account_id].pop(name, None) is None:
                    early.add(name)  # it left before it was written down
                left[account_id].append(event.at_s)
            case _:
                pass


def _is_urgent(truth: Truth, fact: e.AttemptStarted | e.AmendmentStarted) -> bool:
    if isinstance(fact, e.AmendmentStarted):
        return fact.modification is None
    return truth.planned[fact.tag].fact.closing_units > 0


def _looked_first(truth: Truth) -> Iterator[Violation]:
    """Nothing is sent after a start, again under its tag, or as a retry without a look begun since."""
    since: dict[str, float] = {}
    started_s = 0.0
    for at_s, _, fact in truth.world.record.facts:
        match fact:
            case e.EngineStarted():
                started_s = at_s
            case e.CopyPlanned():
                since.update({str(leg.tag): at_s for leg in fact.legs if leg.generation})
            case e.AttemptEnded():
                since[str(fact.tag)] = at_s
            case e.AttemptStarted():
                begun_s = max(since.get(str(fact.tag), 0.0), started_s)
                asked = truth.world.record.asked.get(fact.account_id, [])
                is_first = begun_s == started_s  # the first look is asked for in the moment of the start
                if not any(
                    begun_s < asked_s < at_s or (is_first and asked_s == begun_s) for asked_s in asked
                ):
                    text = f"{at_s:.3f} s: {fact.tag} left without a look since {begun_s:.3f} s."
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
    given_up: dict[str, float] = {}
    for at_s, _, fact in truth.world.record.facts:
        if isinstance(fact, e.LegMoved) and (fact.state not in _UNRESOLVED or _is_parking(fact)):
            given_up.setdefault(str(fact.tag), at_s)
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
                is_younger = other.index > mine.index and other.fact.copy_id != mine.fact.copy_id
                if not is_younger or mine.at_s > earlier.sent.at_s:
                    continue
                let_go_s = truth.decided_s(earlier.sent)  # before it left, where it had to wait for a dial
                gave_up_s = given_up.get(str(order.entry.tag), float("inf"))
                if mine.at_s <= let_go_s < gave_up_s:
                    text = f"{other.fact.copy_id} was taken before the older {mine.fact.copy_id}."
                    yield Violation("I12", text, (mine.fact.copy_id, other.fact.copy_id, order.account_id))


def _sent_in_order(truth: Truth) -> Iterator[Violation]:
    """Nothing leaves, or is given up as nothing is held, while an older copy is unsent or in doubt."""
    states: dict[str, str] = {}
    queues: dict[tuple[str, str], list[str]] = defaultdict(list)
    lost = {facts for _, facts in truth.world.record.losses}
    for number, (at_s, _, fact) in enumerate(truth.world.record.facts):
        if number in lost:
            states.clear()
            queues.clear()
        match fact:
            case e.CopyPlanned() | e.LegsAdded():
                for leg in fact.legs:
                    states[leg.tag] = "PENDING"
                    queues[fact.account_id, truth.planned[leg.tag].fact.instrument].append(leg.tag)
            case e.AttemptStarted():
                yield from _overtaken(truth, at_s, fact.tag, "left", states, queues)
                states[fact.tag] = "SENDING"
            case e.AttemptEnded() | e.LegMoved():
                if fact.reason is not None and fact.reason.code is ReasonCode.NOTHING_HELD:
                    yield from _overtaken(truth, at_s, fact.tag, "was given up", states, queues)
                states[fact.tag] = str(fact.state)
            case e.OrderMatched():
                states[fact.tag] = fact.order.status
            case e.EngineStarted():
                states.update({tag: "IN_DOUBT" for tag, state in states.items() if state == "SENDING"})
            case _:
                pass


def _overtaken(
    truth: Truth,
    at_s: float,
    tag: str,
    what: str,
    states: dict[str, str],
    queues: dict[tuple[str, str], list[str]],
) -> Iterator[Violation]:
    mine = truth.planned[tag]
    for other_tag in queues[mine.fact.account_id, mine.fact.instrument]:
        other = truth.planned[other_tag]
        if other.index >= mine.index or other.fact.copy_id == mine.fact.copy_id:
            continue
        if states[other_tag] in _UNRESOLVED and not _may_be_passed(truth, states, other_tag, at_s):
            text = f"{mine.fact.copy_id} {what} while {other.fact.copy_id} was {states[other_tag]}."
            keys = (mine.fact.copy_id, other.fact.copy_id, mine.fact.account_id)
            yield Violation("I12", text, keys)
            return


def _is_parking(fact: e.LegMoved) -> bool:
    return fact.reason is not None and fact.reason.code is ReasonCode.WAITS_FOR_ENTRY


def _may_be_passed(truth: Truth, states: dict[str, str], tag: str, at_s: float) -> bool:
    """Tell whether an unsent exit had waited its time, for an entry at rest, with nothing there to close.

    A leg that was added later has waited as long as its copy. The engine goes by the host's clock: one
    that is set meanwhile makes the time longer or shorter than it was.
    """
    planned = truth.planned[tag]
    since_s = truth.planned[str(planned.fact.legs[0].tag)].at_s
    fact, lot = planned.fact, truth.instrument(planned.fact.instrument).lot_size
    has_waited = at_s - since_s >= truth.rulebook_at(at_s).rules.exit_wait_s - 1e-6
    has_waited |= any(since_s < jumped_s <= at_s for jumped_s in truth.clock_set_s)
    if states[tag] != "PENDING" or fact.closing_units == 0 or not has_waited:
        return False
    looked_s = truth.world.record.looked_before(fact.account_id, at_s)
    least, most = truth.held(fact.account_id, fact.instrument, looked_s, at_s)
    held = min(max(-fact.side.sign * net, 0) for net in (least, most))
    entries = {states.get(str(other.leg.tag), "") for other, _ in waits_for(truth, planned)}
    rests = any(state in _MAY_FILL or state.endswith(_CHANGING) for state in entries)
    return rests and held - spoken_for(truth, planned, at_s) < lot
