"""Rules 10 and 16: what is not to be copied, or only with a tick, is not; the rest as it was placed."""

from collections.abc import Iterator
from datetime import datetime

from app.domain import events as e
from app.domain.ids import is_our_tag
from app.domain.session import from_ist_text
from tests.builders.rulebook import PRIMARY
from tests.simulation.truth import Truth
from tests.simulation.world import Sent, Violation

_STAMP_S = 4.0
"""Stamps have whole seconds, and a list over a slow line is two seconds old when it comes."""
_TICK_S = 1.0


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    plans = [
        (at_s, fact)
        for at_s, _, fact in truth.world.record.facts
        if isinstance(fact, e.CopyPlanned) and not fact.legs[0].generation
    ]
    for at_s, fact in plans:
        yield from _excluded(truth, fact)
        if fact.requested_by == "engine" and not truth.happened & {"clock jumps", "journal lost"}:
            yield from _old(truth, at_s, fact)
    for sent in truth.world.record.sent:
        if sent.action == "place":
            yield from _form(truth, sent)
    if not truth.happened & {"clock jumps", "journal lost"}:
        yield from _stale(truth)


def _excluded(truth: Truth, fact: e.CopyPlanned) -> Iterator[Violation]:
    if fact.primary_order_id in truth.square_offs:
        return
    row = truth.primary[fact.primary_order_id]
    why = None
    if any(is_our_tag(str(tag)) for tag in (row["tag"], *(row.get("tags") or ()))):
        why = "carries a tag of ours"
    elif row["placed_by"] != PRIMARY:
        why = f"was placed by {row['placed_by']}"
    elif row["product"] != "MIS":
        why = f"is of product {row['product']}"
    if why is not None:
        yield Violation("rule 16", f"{fact.primary_order_id} {why} and was copied.", (fact.copy_id,))


def _form(truth: Truth, sent: Sent) -> Iterator[Violation]:
    """A copy is of the instrument, product and type of its original; protected where Kite demands it."""
    planned, form = truth.planned.get(str(sent.tag)), sent.form
    if planned is None:
        return
    row = truth.row_behind(planned.fact.primary_order_id)
    keys = (planned.fact.copy_id, sent.account_id, str(sent.tag))
    for name in ("exchange", "tradingsymbol", "product", "validity"):
        if form.get(name) != row[name]:
            yield Violation(
                "rule 16", f"{sent.tag} left with {name} {form.get(name)}, not {row[name]}.", keys
            )
    kinds = _kinds(truth, planned.fact.primary_order_id)
    kinds |= {"LIMIT"} if planned.is_added and "SL" in kinds else set()  # a stop that had triggered
    if form["order_type"] not in kinds:
        text = f"{sent.tag} left as {form['order_type']}; the primary order was {sorted(kinds)}."
        yield Violation("rule 16", text, keys)
    if form["order_type"] in {"MARKET", "SL-M"} and not float(form.get("market_protection", 0)):
        yield Violation("rule 16", f"{sent.tag} left without market protection.", keys)


def _kinds(truth: Truth, order_id: str) -> set[str]:
    """Return what types an order has had; a MARKET stays one when it is shown as a protected LIMIT."""
    past = [str(row["order_type"]) for row in truth.past(order_id)]
    return {"MARKET"} if past[0] == "MARKET" else set(past)


def _old(truth: Truth, at_s: float, fact: e.CopyPlanned) -> Iterator[Violation]:
    """By itself, no entry is copied that is older than its limit (an exit is never too old)."""
    age_s = at_s - _placed_s(truth, fact.primary_order_id)
    limit_s = _limit_s(truth, fact)
    if fact.closing_units == 0 and age_s > limit_s + _STAMP_S:
        text = f"{fact.copy_id} was planned when its primary order was {age_s:.1f} s old."
        yield Violation("rule 10", text, (fact.copy_id, fact.primary_order_id))


def _stale(truth: Truth) -> Iterator[Violation]:
    """No entry leaves that waited in the queue for longer than its limit."""
    for at_s, _, fact in truth.world.record.facts:
        if not isinstance(fact, e.AttemptStarted) or fact.tag not in truth.planned:
            continue
        planned = truth.planned[fact.tag]
        waited_s = at_s - planned.at_s
        if planned.fact.closing_units == 0 and waited_s > _limit_s(truth, planned.fact) + _TICK_S:
            text = f"{at_s:.3f} s: {fact.tag} left after {waited_s:.1f} s in the queue."
            yield Violation("rule 10", text, (str(fact.tag), planned.fact.copy_id))


def _limit_s(truth: Truth, fact: e.CopyPlanned) -> float:
    rules = truth.world.setting.rulebook.rules
    kinds = _kinds(truth, fact.primary_order_id)
    return rules.resting_age_limit_s if kinds & {"LIMIT", "SL"} else rules.market_age_limit_s


def _placed_s(truth: Truth, order_id: str) -> float:
    placed: datetime = from_ist_text(str(truth.past(order_id)[0]["order_timestamp"]))
    return truth.world.run_s(placed)
