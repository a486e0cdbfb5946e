"""Square-offs over a copier: positions entered, the command given, and the broker's part played."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.copies import Copy
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.domain.squaring import is_square_off
from app.engine import service as s
from app.engine.messages import AmendmentAnswered
from app.engine.squaring_off import PositionsSeen
from app.ports.account_reader import Position
from app.ports.broker import Accepted
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")
INFY, NIFTY = "NSE:INFY", "NFO:NIFTYFUT"


def entered(copier: Copier | None = None, **changes: Any) -> Copier:
    """Let the primary's entry and its copies fill."""
    copier = copier or Copier()
    entry = copier.primary_places(**changes)
    placed = copier.take_all()
    copier.desks[PRIMARY].fill(entry.order_id)
    for order in placed:
        copier.desks[order.account_id].fill(order.order_id)
    copier.look()
    copier.look_at_all()
    return copier


def rests(copier: Copier, **changes: Any) -> Order:
    """Let an order of the primary and its copies rest."""
    order = copier.primary_places(**changes)
    copier.take_all()
    return order


def square_off(
    copier: Copier, count: int = 1, *instruments: str, accounts: tuple[str, ...] = ("S1",), **fields: Any
) -> s.Answer:
    """Give the command, for the positions of S1 unless others are named."""
    named = tuple(AccountId(account) for account in accounts)
    return copier.command(s.SquareOff, accounts=named, count=count, instruments=instruments, **fields)


def carry_out_amendments(copier: Copier) -> None:
    """Let the broker carry out every cancellation under way and be looked at."""
    amended, copier.amended = copier.amended, []
    for amend in amended:
        copier.desks[amend.account_id].cancel(amend.order_id)
        copier.handle(AmendmentAnswered(amend.account_id, amend.tag, Accepted(amend.order_id)))
    copier.look_at_all()


def square_offs(copier: Copier) -> list[Copy]:
    """Return the copies that no primary order stands behind."""
    state = copier.engine.state
    return [
        copy
        for copy in state.copies.values()
        if is_square_off(state.primary_orders[copy.primary_order_id].order)
    ]


def fill_all(copier: Copier) -> None:
    """Let the broker take everything that was sent; what is at the market fills at once."""
    copier.take_all()


def rests_at_the_edge(copier: Copier) -> None:
    """Let the broker take the one order that was sent, which rests at the edge of its market protection."""
    [send] = copier.sent
    copier.sent.clear()
    order = copier.accept(send, is_answered=False)
    copier.desks[S1].put(replace(order, status="OPEN", filled_quantity=0, average_price=Decimal(0)))
    copier.answer(send, Accepted(order.order_id))
    copier.look_at()


def sent(copier: Copier) -> list[tuple[str, Side, str, int]]:
    """Return what was sent and not answered: account, side, type, quantity."""
    return [
        (send.account_id, send.order.side, send.order.order_type, send.order.quantity) for send in copier.sent
    ]


def alerts(copier: Copier) -> str:
    """Return what the operator was told."""
    return " ".join(alert.fact.text for alert in copier.engine.state.alerts)


def seen(quantity: int, instrument: str = INFY, **fields: Any) -> PositionsSeen:
    """Return a position of S1 as the broker shows it."""
    exchange, symbol = instrument.split(":")
    plain = Position(
        exchange=exchange,
        tradingsymbol=symbol,
        product="MIS",
        quantity=quantity,
        average_price=Decimal(1),
        last_price=Decimal(1),
        pnl=Decimal(0),
    )
    return {S1: (replace(plain, **fields),)}


def ask(copier: Copier, shown: PositionsSeen, count: int = 1) -> s.Answer:
    """Give the command with what the broker shows."""
    command = s.SquareOff(command_id="by two witnesses", by="operator", accounts=(S1,), count=count)
    answer, effects = copier.engine.command(command, shown)
    copier._keep(effects)
    return answer
