"""Orders nobody expected: told once, shown for as long as the day lasts, and left alone."""

from app.domain.ids import AccountId, ClientOrderId
from app.domain.orders import Order
from app.engine.rows import StrangerRow
from tests.builders.copier import Copier, an_order_for

S1 = AccountId("S1")
FOREIGN = ClientOrderId("TCFOREIGNFOREIGNFORE")


def _strangers(copier: Copier) -> list[StrangerRow]:
    return copier.engine.view.snapshot()["accounts"][S1]["strangers"]


def _alerts(copier: Copier) -> list[str]:
    return [alert.fact.text for alert in copier.engine.state.alerts]


def _stranger(copier: Copier) -> Order:
    order = copier.desks[S1].take(an_order_for(quantity=3), FOREIGN)
    for _ in range(3):
        copier.pass_time(6)
        copier.look_at()
    return order


def test_an_order_under_an_unknown_tag_is_shown_with_all_that_is_needed_to_find_it() -> None:
    copier = Copier()
    order = _stranger(copier)
    assert _strangers(copier) == [
        {
            "order_id": order.order_id,
            "tag": FOREIGN,
            "instrument": "NSE:INFY",
            "side": "BUY",
            "quantity": 3,
            "filled_quantity": 0,
            "status": "OPEN",
            "beside": None,
        }
    ]
    assert len(_alerts(copier)) == 1


def test_it_stays_shown_over_restarts_is_told_once_and_its_status_is_followed() -> None:
    copier = Copier()
    order = _stranger(copier)
    copier.restart()
    copier.pass_time(20)
    copier.desks[S1].fill(order.order_id)
    copier.look_at()
    assert [(row["status"], row["filled_quantity"]) for row in _strangers(copier)] == [("COMPLETE", 3)]
    assert len(_alerts(copier)) == 1
    assert copier.amended == []


def test_two_orders_under_one_tag_stay_shown_and_are_told_once() -> None:
    copier = Copier()
    order = copier.primary_places()
    [placed] = copier.take_all()
    twin = copier.desks[S1].take(an_order_for(), ClientOrderId(placed.tags[0]))
    for _ in range(2):
        copier.look_at()
        copier.restart()
    assert [(row["order_id"], row["beside"]) for row in _strangers(copier)] == [
        (twin.order_id, placed.order_id)
    ]
    assert [text for text in _alerts(copier) if "Two orders carry one tag" in text] == _alerts(copier)
    assert len(_alerts(copier)) == 1
    assert copier.copy_of(order).legs[0].order_id == placed.order_id


def test_what_a_lost_journal_made_a_stranger_is_none_once_it_is_recognised() -> None:
    copier = Copier()
    copier.primary_places(looks=False)
    copier.look()
    copier.take_all()
    copier.lose_the_journal()
    copier.look_at()
    copier.pass_time(20)
    copier.look_at()
    assert len(_strangers(copier)) == 1
    copier.look(gap_s=None)
    copier.look_at()
    assert _strangers(copier) == []
