"""A day's copies against an account's order list: what one has and the other has not."""

from collections.abc import Iterable, Iterator

from app.domain.copies import AT_BROKER, Leg, state_of
from app.domain.ids import AccountId
from app.domain.orders import Order, Phase
from app.domain.reconciliation import find_by_tag
from app.records.fold import DayFold


def differences(fold: DayFold, account_id: AccountId, orders: Iterable[Order]) -> Iterator[str]:
    """Yield a sentence for each difference. An order on its way at this very moment may show as one."""
    found = find_by_tag(orders)
    known = {leg.tag: leg for copy in fold.copies_of(account_id) for leg in copy.legs}
    for tag, shown in found.items():
        if len(shown) > 1:
            ids = ", ".join(order.order_id for order in shown)
            yield f"{account_id}: two orders carry the tag {tag}: {ids}."
        if tag not in known:
            order = shown[0]
            yield f"{account_id}: order {order.order_id} ({order.instrument}) is not in the journal."
        else:
            yield from _leg(account_id, known[tag], shown[0])
    for tag, leg in known.items():
        if tag not in found and leg.state in AT_BROKER and leg.order_id is not None:
            yield f"{account_id}: order {leg.order_id}, {leg.state} in the journal, is not in the order list."


def _leg(account_id: AccountId, leg: Leg, order: Order) -> Iterator[str]:
    if order.phase is not Phase.WORKING and state_of(order) is not leg.state:
        yield f"{account_id}: order {order.order_id} is {order.status}; the journal says {leg.state}."
    if order.filled_quantity != leg.filled_quantity:
        yield (
            f"{account_id}: order {order.order_id} filled {order.filled_quantity}; the journal says "
            f"{leg.filled_quantity}."
        )
