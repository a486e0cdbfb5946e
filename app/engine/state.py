"""What the engine knows: the fold of the facts. It changes in `apply` and nowhere else."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache, singledispatchmethod
from typing import Any

from app.domain import events as e
from app.domain.accounts import CopyMode
from app.domain.changing import changed
from app.domain.copies import ALIVE, RETRYABLE, UNRESOLVED, Copy, CopyState, Leg, check_move
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId, copy_id
from app.domain.orders import Order
from app.domain.positions import Fills
from app.domain.reasons import Reason, ReasonCode
from app.domain.squaring import SquareOff
from app.engine.enlarged import Enlarged
from app.engine.reported import first_sight_fields, matched_fields
from app.engine.touched import Changed

ALERTS_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryOrder:
    """An order of the primary account and what was decided about it as a whole."""

    order: Order
    is_decided: bool = False
    late: Reason | None = None
    skipped: Reason | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the operator should know, numbered in the order it came up."""

    number: int
    at: datetime
    fact: e.AlertRaised


class EngineState:
    """The day's orders, copies and switches, rebuilt from the journal at every start.

    Holds nothing that a restart may not know: what lives only as long as a process (looks, back-offs,
    budgets' clocks) is in the lanes.
    """

    def __init__(self) -> None:
        self.boot_id = ""
        self.copy_mode = CopyMode.MANUAL
        self.stopped_by: str | None = None
        self.primary_orders: dict[OrderId, PrimaryOrder] = {}
        self._copied: dict[tuple[AccountId, str], dict[CopyId, None]] = {}
        self._fills: defaultdict[tuple[str, str], Fills] = defaultdict(Fills)
        self.copies: dict[CopyId, Copy] = {}
        self._legs: dict[ClientOrderId, Leg] = {}
        self._places: dict[CopyId, int] = {}
        self._plans = 0
        self.enlarged = Enlarged()
        self.held: dict[CopyId, Copy] = {}
        self.alive: dict[AccountId, dict[ClientOrderId, None]] = {}
        self.unresolved: dict[AccountId, dict[ClientOrderId, None]] = {}
        self.retryable: dict[AccountId, dict[ClientOrderId, None]] = {}
        self.blocked: dict[AccountId, Reason] = {}
        self.unexpected: dict[AccountId, dict[OrderId, e.UnexpectedOrderSeen]] = {}
        self.square_offs: dict[tuple[AccountId, str], SquareOff] = {}
        self.passes_stop: set[CopyId] = set()
        """Square-offs that were asked for after copying was stopped (docs/adr/0020)."""
        self.sends: dict[AccountId, list[datetime]] = {}
        self.alerts: list[Alert] = []
        self.changed = Changed()
        self.edition = 0
        """Numbers what is known of copies and primary orders."""
        self._alerts_raised = 0

    @property
    def is_stopped(self) -> bool:
        """True while nothing may be sent."""
        return self.stopped_by is not None

    def held_before(self, order: Order) -> int:
        """Return the primary's net units of an order's instrument and product from its older orders."""
        return self._fills[order.instrument, order.product].held_before(order)

    def held_now(self, instrument: str, product: str) -> int:
        """Return the primary's net units of an instrument and product."""
        return self._fills[instrument, product].net

    def copies_in(self, account_id: AccountId, instrument: str) -> list[Copy]:
        """Return an account's copies of one instrument, in the order in which they were first decided."""
        return [self.copies[copy_id] for copy_id in self._copied.get((account_id, instrument), ())]

    def leg(self, tag: ClientOrderId) -> Leg | None:
        """Return the leg of a tag, or None for a tag that is not in the journal."""
        return self._legs.get(tag)

    def leg_of(self, tag: ClientOrderId) -> Leg:
        """Return the leg of a tag that the journal knows; KeyError otherwise."""
        try:
            return self._legs[tag]
        except KeyError:
            raise KeyError(f"No leg with tag {tag} is in the journal") from None

    def alive_legs(self, account_id: AccountId) -> list[Leg]:
        """Return an account's legs that may still trade or may have traded, oldest plan first."""
        legs = self._legs
        return [legs[tag] for tag in self.alive.get(account_id, ())]

    def copy_of(self, leg: Leg) -> Copy:
        """Return the copy that a leg belongs to."""
        return self.copies[leg.copy_id]

    def take_changed(self) -> Changed:
        """Return what changed since the last call, and start afresh."""
        changed, self.changed = self.changed, Changed()
        return changed

    def apply(self, fact: e.Fact, at: datetime) -> None:
        """Fold one fact into the state. IllegalMoveError where the copy table forbids it."""
        _fold_of(type(fact))(self, fact, at)  # type: ignore[arg-type]  # mypy doubts that a class can be hashed

    @singledispatchmethod
    def _fold(self, fact: e.Fact, at: datetime) -> None:
        raise TypeError(f"Expected a fact, was {type(fact).__name__}")

    @_fold.register
    def _(self, fact: e.EngineStarted, at: datetime) -> None:
        self.boot_id = fact.boot_id
        self.changed.accounts.update(dict.fromkeys(self.blocked))
        self.blocked.clear()
        for copy in list(self.copies.values()):
            for leg in copy.legs:
                if leg.state is CopyState.SENDING:
                    text = "Tandem stopped while this order was on its way; its answer was lost."
                    self._change(leg, state=CopyState.IN_DOUBT, reason=Reason(ReasonCode.ANSWER_LOST, text))
        self.changed.status = True

    @_fold.register
    def _(self, fact: e.PrimaryOrderSeen, at: datetime) -> None:
        self.edition += 1
        known = self.primary_orders.get(fact.order.order_id)
        before = known.order if known is not None and known.is_decided else None
        late = None if self.enlarged.note(fact.order, before, fact.late) else fact.late
        self._fills[fact.order.instrument, fact.order.product].note(fact.order)
        self.primary_orders[fact.order.order_id] = PrimaryOrder(
            order=fact.order,
            is_decided=fact.is_decided or (known is not None and known.is_decided),
            late=late or (known.late if known else None),
            skipped=fact.skipped or (known.skipped if known else None),
        )
        self.changed.orders[fact.order.order_id] = None

    @_fold.register
    def _(self, fact: e.CopySettled, at: datetime) -> None:
        known = self.copies.get(fact.copy_id)
        if known is not None:
            check_move(fact.copy_id, known.state, fact.state)
        self._put(
            Copy(
                copy_id=fact.copy_id,
                primary_order_id=fact.primary_order_id,
                account_id=fact.account_id,
                instrument=fact.instrument,
                side=fact.side,
                closing_units=0,
                idle_state=fact.state,
                reason=fact.reason,
                requested_by=fact.requested_by,
            )
        )

    @_fold.register
    def _(self, fact: e.CopyPlanned, at: datetime) -> None:
        known = self.copies.get(fact.copy_id)
        legs = tuple(
            Leg(
                tag=leg.tag,
                copy_id=fact.copy_id,
                number=leg.number,
                generation=leg.generation,
                order=leg.order,
                share=leg.order.quantity,
                planned_at=at,
            )
            for leg in fact.legs
        )
        self._plans += 1
        self._places[fact.copy_id] = self._plans
        self._put(
            Copy(
                copy_id=fact.copy_id,
                primary_order_id=fact.primary_order_id,
                account_id=fact.account_id,
                instrument=fact.instrument,
                side=fact.side,
                closing_units=fact.closing_units,
                opening_units=fact.opening_units,
                idle_state=CopyState.PENDING,
                lot_size=fact.lot_size,
                basis_quantity=fact.basis_quantity,
                legs=(*(known.legs if known else ()), *legs),
                requested_by=fact.requested_by,
            )
        )

    @_fold.register
    def _(self, fact: e.LegsAdded, at: datetime) -> None:
        copy = self.copies[fact.copy_id]
        added = tuple(
            Leg(
                tag=leg.tag,
                copy_id=fact.copy_id,
                number=leg.number,
                generation=leg.generation,
                order=leg.order,
                share=leg.order.quantity,
                is_added=True,
                is_remainder=fact.split is not None,
                planned_at=at,
            )
            for leg in fact.legs
        )
        taken = sum(leg.share for leg in added)
        legs = (changed(leg, share=leg.share - taken) if leg.tag == fact.split else leg for leg in copy.legs)
        self._put(changed(copy, legs=(*legs, *added)))
        self._line_up(fact.account_id)

    @_fold.register
    def _(self, fact: e.CopyWithdrawn, at: datetime) -> None:
        copy = self.copies[fact.copy_id]
        self._put(changed(copy, withdrawn=fact.reason, withdrawn_at=at, most_units=fact.units))

    @_fold.register
    def _(self, fact: e.SquareOffAsked, at: datetime) -> None:
        self.square_offs[fact.account_id, fact.instrument] = SquareOff(
            origin=fact.origin,
            account_id=fact.account_id,
            instrument=fact.instrument,
            requested_by=fact.requested_by,
            asked_at=at,
        )

    @_fold.register
    def _(self, fact: e.SquareOffDecided, at: datetime) -> None:
        self.square_offs = {key: one for key, one in self.square_offs.items() if one.origin != fact.origin}
        if fact.order is not None:
            self.edition += 1
            self.primary_orders[fact.origin] = PrimaryOrder(order=fact.order, is_decided=True)
            self.changed.orders[fact.origin] = None
            if self.is_stopped:  # asked for while stopped: what was asked for before ended with the stop
                self.passes_stop.add(copy_id(fact.origin, fact.account_id))

    @_fold.register
    def _(self, fact: e.AttemptStarted, at: datetime) -> None:
        leg = self.leg_of(fact.tag)
        self._change(
            leg,
            state=CopyState.SENDING,
            attempts=fact.attempt,
            order=fact.order,
            asked=leg.asked.plus(fact.order),
            sent_at=at,
            reason=None,
        )
        self.sends.setdefault(fact.account_id, []).append(at)
        self.changed.accounts[fact.account_id] = None

    @_fold.register
    def _(self, fact: e.AttemptEnded, at: datetime) -> None:
        leg = self.leg_of(fact.tag)
        is_failure = fact.reason is not None and fact.reason.code is ReasonCode.BROKER_NEVER_TOOK_IT
        self._change(
            leg,
            state=fact.state,
            order_id=fact.order_id or leg.order_id,
            reason=fact.reason,
            answered_at=at,
            failures=leg.failures + is_failure,
        )

    @_fold.register
    def _(self, fact: e.LegMoved, at: datetime) -> None:
        self._change(self.leg_of(fact.tag), state=fact.state, reason=fact.reason)

    @_fold.register
    def _(self, fact: e.OrderMatched, at: datetime) -> None:
        leg = self.leg_of(fact.tag)
        if self.unexpected.get(fact.account_id, {}).pop(fact.order.order_id, None) is not None:
            self.changed.accounts[fact.account_id] = None
        self._change(leg, **matched_fields(leg, fact.order), **first_sight_fields(leg, fact.order))

    @_fold.register
    def _(self, fact: e.UnexpectedOrderSeen, at: datetime) -> None:
        self.unexpected.setdefault(fact.account_id, {})[fact.order.order_id] = fact
        self.changed.accounts[fact.account_id] = None

    @_fold.register
    def _(self, fact: e.AmendmentStarted, at: datetime) -> None:
        leg = self.leg_of(fact.tag)
        if fact.modification is None:
            self._change(leg, is_cancel_asked=True, amended_at=at)
        else:
            asked = leg.asked.plus(fact.modification)
            amendments = leg.amendments + 1
            self._change(leg, amendments=amendments, asked=asked, by_hand=None, amended_at=at)
        self.sends.setdefault(fact.account_id, []).append(at)

    @_fold.register
    def _(self, fact: e.AmendmentEnded, at: datetime) -> None:
        self._change(self.leg_of(fact.tag), reason=fact.reason)

    @_fold.register
    def _(self, fact: e.ChangedByHand, at: datetime) -> None:
        leg = self.leg_of(fact.tag)
        self._change(leg, by_hand=fact.change, asked=leg.asked.plus(fact.change.shown))

    @_fold.register
    def _(self, fact: e.FollowedAgain, at: datetime) -> None:
        self._change(self.leg_of(fact.tag), by_hand=None)

    @_fold.register
    def _(self, fact: e.CopyModeChanged, at: datetime) -> None:
        self.copy_mode = fact.mode
        self.changed.status = True

    @_fold.register
    def _(self, fact: e.CopyingStopped, at: datetime) -> None:
        self.stopped_by = fact.by
        self.passes_stop.clear()
        self.changed.status = True

    @_fold.register
    def _(self, fact: e.CopyingResumed, at: datetime) -> None:
        self.stopped_by = None
        self.changed.status = True

    @_fold.register
    def _(self, fact: e.AccountBlocked, at: datetime) -> None:
        self.blocked[fact.account_id] = fact.reason
        self.changed.accounts[fact.account_id] = None

    @_fold.register
    def _(self, fact: e.AccountUnblocked, at: datetime) -> None:
        self.blocked.pop(fact.account_id, None)
        self.changed.accounts[fact.account_id] = None

    @_fold.register
    def _(self, fact: e.RulesChanged | e.DayClosed, at: datetime) -> None:
        self.changed.status = True

    @_fold.register
    def _(self, fact: e.AlertRaised, at: datetime) -> None:
        self._alerts_raised += 1
        self.alerts.append(Alert(self._alerts_raised, at, fact))
        del self.alerts[:-ALERTS_KEPT]

    def _put(self, copy: Copy) -> None:
        self.edition += 1
        self.copies[copy.copy_id] = copy
        if copy.legs:
            self._copied.setdefault((copy.account_id, copy.instrument), {})[copy.copy_id] = None
        self._legs.update((leg.tag, leg) for leg in copy.legs)
        if copy.state is CopyState.HELD:
            self.held[copy.copy_id] = copy
        else:
            self.held.pop(copy.copy_id, None)
        indices = ((self.alive, ALIVE), (self.unresolved, UNRESOLVED), (self.retryable, RETRYABLE))
        for index, states in indices:
            tags = index.setdefault(copy.account_id, {})
            for leg in copy.legs:
                if leg.state in states:
                    tags.setdefault(leg.tag)
                else:
                    tags.pop(leg.tag, None)
        self.changed.copies[copy.copy_id] = None

    def _line_up(self, account_id: AccountId) -> None:
        """Let the legs that a copy got later leave in its turn, not behind younger copies."""
        tags = self.unresolved.get(account_id, {})
        in_turn = sorted(tags, key=lambda tag: self._places[self._legs[tag].copy_id])
        self.unresolved[account_id] = dict.fromkeys(in_turn)

    def _change(self, leg: Leg, **fields: object) -> None:
        state = fields.get("state", leg.state)
        assert isinstance(state, CopyState)  # noqa: S101 - narrows the type for the table below
        check_move(leg.tag, leg.state, state)
        moved = changed(leg, **fields)
        copy = self.copies[leg.copy_id]
        legs = tuple(moved if other.tag == leg.tag else other for other in copy.legs)
        self._put(changed(copy, legs=legs))


@cache
def _fold_of(kind: type[e.Fact]) -> Any:
    """Return how a kind of fact is folded in: to ask the method each time takes longer than to fold."""
    return vars(EngineState)["_fold"].dispatcher.dispatch(kind)
