"""Exits: a square-off was asked for, closes what its account holds, and nothing else is at work beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain import events as e
from app.domain.copies import ALIVE
from app.domain.sizing import MAX_SLICES
from tests.simulation.truth import RECOGNISED, Truth, cut
from tests.simulation.world import Violation


@dataclass
class _Book:
    """What was asked for, and which copies may still trade, by the facts so far."""

    asked: set[str] = field(default_factory=set)
    copies: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    legs: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By copy: which of its legs may still trade, by their tags."""
    copy_of: dict[str, str] = field(default_factory=dict)

    def take(self, fact: e.Fact) -> None:
        """Take the next fact in."""
        match fact:
            case e.SquareOffAsked():
                self.asked.add(str(fact.origin))
            case e.CopyPlanned() | e.LegsAdded():
                if isinstance(fact, e.CopyPlanned):
                    self.copies.setdefault((fact.account_id, fact.instrument), set()).add(fact.copy_id)
                for leg in fact.legs:
                    self.copy_of[leg.tag] = fact.copy_id
                    self._note(leg.tag, is_alive=True)
            case e.AttemptEnded() | e.LegMoved():
                self._note(fact.tag, is_alive=fact.state in ALIVE)
            case e.AttemptStarted():
                self._note(fact.tag, is_alive=True)
            case e.OrderMatched():
                self._note(fact.tag, is_alive=not fact.order.is_terminal)
            case _:
                pass

    def _note(self, tag: str, *, is_alive: bool) -> None:
        self.legs.setdefault(self.copy_of[tag], {})[tag] = is_alive

    def open_beside(self, account_id: str, instrument: str) -> list[str]:
        """Return the copies of an account and instrument that may still trade."""
        copies = self.copies.get((account_id, instrument), ())
        return sorted(copy_id for copy_id in copies if any(self.legs[copy_id].values()))


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    if not truth.square_offs:
        return
    book = _Book()
    lost = {facts for _, facts in truth.world.record.losses}
    for number, (at_s, _, fact) in enumerate(truth.world.record.facts):
        if number in lost:
            book = _Book()
        if isinstance(fact, e.CopyPlanned) and _is_square_off(truth, fact):
            yield from _plan(truth, book, at_s, fact)
        book.take(fact)


def _is_square_off(truth: Truth, fact: e.CopyPlanned) -> bool:
    """Tell a square-off that is planned for the first time, and was not found again."""
    is_new = not fact.legs[0].generation and fact.requested_by != RECOGNISED
    return is_new and fact.primary_order_id in truth.square_offs


def _plan(truth: Truth, book: _Book, at_s: float, fact: e.CopyPlanned) -> Iterator[Violation]:
    keys = (fact.copy_id, fact.account_id)
    if fact.primary_order_id not in book.asked:
        yield Violation("exit", f"{at_s:.3f} s: nobody asked for the square-off {fact.copy_id}.", keys)
    beside = book.open_beside(fact.account_id, fact.instrument)
    if beside:
        text = f"{at_s:.3f} s: {fact.copy_id} was planned while {', '.join(beside)} could still trade."
        yield Violation("exit", text, (*keys, *beside))
    units = sum(leg.order.quantity for leg in fact.legs)
    looked_s = truth.world.record.looked_before(fact.account_id, at_s)
    nets = truth.held(fact.account_id, fact.instrument, looked_s, at_s)
    wanted = {_closable(truth, fact, -fact.side.sign * net) for net in nets}
    if not min(wanted) <= units <= max(wanted) or fact.closing_units != units or fact.opening_units:
        text = (
            f"{at_s:.3f} s: {fact.copy_id} closes {fact.closing_units} of {units} units; right is {wanted}."
        )
        yield Violation("exit", text, keys)


def _closable(truth: Truth, fact: e.CopyPlanned, held: int) -> int:
    """Return how much of what is held a square-off closes: whole lots, in no more than ten orders."""
    instrument = truth.instrument(fact.instrument)
    units = max(held, 0) // instrument.lot_size * instrument.lot_size
    return sum(cut(units, instrument)[:MAX_SLICES])
