"""What facts say to the operator: a day as it happens, and every kind of fact at least once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest

from app.domain import events as e
from app.domain.accounts import CopyMode
from app.domain.amending import Modification
from app.domain.copies import CopyState
from app.domain.hands import FieldChange, HandChange, Terms
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId
from app.domain.orders import Order, Side
from app.domain.reasons import Reason, ReasonCode
from app.records.sentences import Level, Sentence, Teller, Who, planned_legs
from app.records.wording import price
from tests.builders.facts import leg_order, planned

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
COPY = planned("1001", "SA0001")
TAG = COPY.legs[0].tag
SA = AccountId("SA0001")
WHY = Reason(ReasonCode.BROKER_REJECTED, "Insufficient funds.", "Insufficient funds.")
TERMS = Terms(quantity=50, price=Decimal(1), trigger_price=Decimal(0), order_type="LIMIT")
ORDER = Order(
    order_id=OrderId("2511"),
    account_id=SA,
    exchange="NSE",
    tradingsymbol="INFY",
    side=Side.BUY,
    order_type="LIMIT",
    product="MIS",
    variety="regular",
    validity="DAY",
    quantity=50,
    status="COMPLETE",
    filled_quantity=50,
    average_price=Decimal("1500.5"),
)
ENDED = e.AttemptEnded(
    account_id=SA,
    tag=TAG,
    attempt=1,
    result=e.AttemptResult.ACCEPTED,
    state=CopyState.OPEN,
    order_id=OrderId("2511"),
)
SETTLED = e.CopySettled(
    copy_id=COPY.copy_id,
    primary_order_id=COPY.primary_order_id,
    account_id=SA,
    instrument="NSE:INFY",
    side=Side.BUY,
    state=CopyState.SKIPPED,
    reason=Reason(ReasonCode.QUANTITY_SUB_LOT, "Less than one lot."),
)
CHANGE = HandChange(fields=(FieldChange(field="price", was="1", now="2"),), shown=TERMS, primary=TERMS)

SAID: list[tuple[e.Fact, str | None, Who, Level]] = [
    (
        e.EngineStarted(boot_id="b", version="1.2", revision="r"),
        "The engine started, version 1.2.",
        Who.ENGINE,
        Level.INFO,
    ),
    (ENDED, "Meera: BUY 50 NSE:INFY accepted in 138 ms.", Who.BROKER, Level.INFO),
    (
        replace(ENDED, result=e.AttemptResult.REJECTED, state=CopyState.REJECTED, reason=WHY),
        "Meera: BUY 50 NSE:INFY rejected: Insufficient funds.",
        Who.BROKER,
        Level.PROBLEM,
    ),
    (
        replace(ENDED, result=e.AttemptResult.UNKNOWN, state=CopyState.IN_DOUBT, reason=WHY),
        "Meera: BUY 50 NSE:INFY is in doubt: Insufficient funds.",
        Who.ENGINE,
        Level.PROBLEM,
    ),
    (
        replace(ENDED, result=e.AttemptResult.NEVER_SENT, state=CopyState.PENDING, reason=WHY),
        "Meera: BUY 50 NSE:INFY did not leave: Insufficient funds.",
        Who.ENGINE,
        Level.WARNING,
    ),
    (
        replace(ENDED, result=e.AttemptResult.NEVER_SENT, state=CopyState.FAILED, reason=WHY),
        "Meera: BUY 50 NSE:INFY did not leave: Insufficient funds.",
        Who.ENGINE,
        Level.PROBLEM,
    ),
    (
        e.OrderMatched(account_id=SA, tag=TAG, order=ORDER),
        "Meera: BUY 50 NSE:INFY filled at 1500.50 in 138 ms.",
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.OrderMatched(
            account_id=SA, tag=TAG, order=replace(ORDER, status="REJECTED", status_message="No funds")
        ),
        "Meera: BUY 50 NSE:INFY rejected: No funds",
        Who.BROKER,
        Level.PROBLEM,
    ),
    (
        e.OrderMatched(account_id=SA, tag=TAG, order=replace(ORDER, status="CANCELLED", filled_quantity=10)),
        "Meera: BUY 50 NSE:INFY cancelled, 10 of 50 filled.",
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.OrderMatched(account_id=SA, tag=TAG, order=replace(ORDER, status="OPEN", filled_quantity=10)),
        "Meera: BUY 50 NSE:INFY is open, 10 of 50 filled at 1500.50.",
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.OrderMatched(account_id=SA, tag=TAG, order=replace(ORDER, status="TRIGGER PENDING")),
        "Meera: BUY 50 NSE:INFY waits for its trigger at 0.00.",
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.PrimaryOrderSeen(order=replace(ORDER, status="OPEN", filled_quantity=0)),
        "Meera: BUY 50 NSE:INFY is open.",
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.PrimaryOrderSeen(order=replace(ORDER, status="VALIDATION PENDING")),
        "Meera: BUY 50 NSE:INFY is VALIDATION PENDING at the broker.",
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.PrimaryOrderSeen(order=ORDER, late=Reason(ReasonCode.SEEN_LATE, "It was late.")),
        "Meera: BUY 50 NSE:INFY filled at 1500.50. It was late.",
        Who.BROKER,
        Level.WARNING,
    ),
    (e.PrimaryOrderSeen(order=ORDER, is_decided=True), None, Who.BROKER, Level.INFO),
    (
        e.PrimaryOrderSeen(order=ORDER, is_decided=True, skipped=Reason(ReasonCode.OWN_ORDER, "Ours.")),
        "Meera: BUY 50 NSE:INFY is not copied: Ours.",
        Who.ENGINE,
        Level.INFO,
    ),
    (SETTLED, "Meera: BUY NSE:INFY is not copied: Less than one lot.", Who.ENGINE, Level.INFO),
    (
        replace(SETTLED, state=CopyState.DENIED, requested_by="operator"),
        "Meera: BUY NSE:INFY is denied: Less than one lot.",
        Who.OPERATOR,
        Level.WARNING,
    ),
    (COPY, "Meera: BUY 50 NSE:INFY planned in 1 order.", Who.ENGINE, Level.INFO),
    (
        replace(planned(generation=1, legs=2), requested_by="operator"),
        "Meera: BUY 100 NSE:INFY planned again in 2 orders.",
        Who.OPERATOR,
        Level.INFO,
    ),
    (
        e.LegsAdded(
            copy_id=COPY.copy_id, primary_order_id=OrderId("1001"), account_id=SA, legs=planned(legs=2).legs
        ),
        "Meera: 2 orders more, 100 units, because the primary order grew.",
        Who.ENGINE,
        Level.INFO,
    ),
    (
        e.CopyWithdrawn(copy_id=CopyId("1001:SA0001"), account_id=SA, units=0, reason=WHY),
        "Meera: no more than 0 units are wanted now. Insufficient funds.",
        Who.ENGINE,
        Level.WARNING,
    ),
    (
        e.CopyWithdrawn(
            copy_id=CopyId("1001:SA0001"), account_id=SA, units=0, reason=WHY, requested_by="operator"
        ),
        "Meera: no more than 0 units are wanted now. Insufficient funds.",
        Who.OPERATOR,
        Level.WARNING,
    ),
    (
        e.SquareOffAsked(
            origin=OrderId("SQ1"), account_id=SA, instrument="NSE:INFY", requested_by="operator"
        ),
        "Meera: NSE:INFY is to be squared off.",
        Who.OPERATOR,
        Level.WARNING,
    ),
    (e.SquareOffDecided(origin=OrderId("SQ1"), account_id=SA, reason=WHY), None, Who.ENGINE, Level.INFO),
    (e.AttemptStarted(account_id=SA, tag=TAG, attempt=1, order=leg_order()), None, Who.ENGINE, Level.INFO),
    (
        e.AttemptStarted(account_id=SA, tag=TAG, attempt=2, order=leg_order()),
        "Meera: BUY 50 NSE:INFY sent again, attempt 2.",
        Who.ENGINE,
        Level.INFO,
    ),
    (
        e.LegMoved(tag=TAG, state=CopyState.NEEDS_OPERATOR, reason=WHY),
        "Meera: BUY 50 NSE:INFY needs you: Insufficient funds.",
        Who.ENGINE,
        Level.PROBLEM,
    ),
    (
        e.LegMoved(
            tag=TAG, state=CopyState.CANCELLED, reason=Reason(ReasonCode.CANCELLED_AT_BROKER, "By others.")
        ),
        None,
        Who.ENGINE,
        Level.INFO,
    ),
    (e.UnexpectedOrderSeen(account_id=SA, tag=TAG, order=ORDER), None, Who.ENGINE, Level.INFO),
    (
        e.AmendmentStarted(account_id=SA, tag=TAG, order_id=OrderId("2511"), modification=None),
        "Meera: BUY 50 NSE:INFY is being cancelled.",
        Who.ENGINE,
        Level.INFO,
    ),
    (
        e.AmendmentStarted(
            account_id=SA,
            tag=TAG,
            order_id=OrderId("2511"),
            modification=Modification(quantity=5, price=Decimal("2.5")),
        ),
        "Meera: BUY 50 NSE:INFY is being changed: quantity 5, price 2.5.",
        Who.ENGINE,
        Level.INFO,
    ),
    (
        e.AmendmentEnded(account_id=SA, tag=TAG, result=e.AttemptResult.ACCEPTED),
        None,
        Who.BROKER,
        Level.INFO,
    ),
    (
        e.AmendmentEnded(account_id=SA, tag=TAG, result=e.AttemptResult.REJECTED, reason=WHY),
        "Meera: BUY 50 NSE:INFY was not changed: Insufficient funds.",
        Who.BROKER,
        Level.WARNING,
    ),
    (
        e.ChangedByHand(account_id=SA, tag=TAG, order_id=OrderId("2511"), change=CHANGE),
        "Meera: BUY 50 NSE:INFY was changed at the broker: price from 1 to 2.",
        Who.HAND,
        Level.WARNING,
    ),
    (
        e.FollowedAgain(tag=TAG),
        "Meera: BUY 50 NSE:INFY follows the primary order again.",
        Who.ENGINE,
        Level.INFO,
    ),
    (
        e.CopyModeChanged(mode=CopyMode.MANUAL, by="operator"),
        "Operator chose that new orders are held for a tick.",
        Who.OPERATOR,
        Level.INFO,
    ),
    (e.CopyingStopped(by="operator"), "Operator stopped copying.", Who.OPERATOR, Level.WARNING),
    (e.CopyingStopped(by="engine"), "The engine stopped copying.", Who.ENGINE, Level.WARNING),
    (e.CopyingResumed(by="operator"), "Operator resumed copying.", Who.OPERATOR, Level.INFO),
    (
        e.AccountBlocked(account_id=SA, reason=WHY),
        "Meera: nothing is sent to it. Insufficient funds.",
        Who.BROKER,
        Level.PROBLEM,
    ),
    (e.AccountUnblocked(account_id=SA), "Meera: orders are sent to it again.", Who.ENGINE, Level.INFO),
    (
        e.RulesChanged(revision="ab12", summary="The multiplier of SA0001 is 2."),
        "Config edited: The multiplier of SA0001 is 2. Revision ab12.",
        Who.OPERATOR,
        Level.INFO,
    ),
    (e.DayClosed(day=date(2026, 11, 20)), None, Who.ENGINE, Level.INFO),
    (e.AlertRaised(text="Look."), "Look.", Who.ENGINE, Level.PROBLEM),
    (e.AlertRaised(text="Look.", account_id=SA), "Meera: Look.", Who.ENGINE, Level.PROBLEM),
]


def tell(
    fact: e.Fact, *, took: timedelta = timedelta(milliseconds=138), is_planned: bool = True
) -> Sentence | None:
    plans = planned_legs(e.Recorded(1, AT, COPY)) if is_planned else {}
    names = {SA: "Meera"}
    return Teller(plans, lambda account_id: names.get(account_id, account_id)).tell(
        e.Recorded(2, AT + took, fact)
    )


@pytest.mark.parametrize(("fact", "text", "who", "level"), SAID)
def test_each_fact_is_said(fact: e.Fact, text: str | None, who: Who, level: Level) -> None:
    said = tell(fact)
    assert (said.text if said else None) == text
    if said is not None:
        assert (said.who, said.level) == (who, level)


def test_every_kind_of_fact_is_said_somehow() -> None:
    assert {type(fact) for fact, *_ in SAID} == set(get_args(e.Fact))


def test_a_sentence_names_the_account_and_the_copy_s_own_order_once_it_has_one() -> None:
    told = [tell(COPY), tell(ENDED), tell(e.FollowedAgain(tag=TAG))]
    assert [(s.account_id, s.order_id) for s in told if s] == [
        (SA, "1001"),
        (SA, "2511"),
        (SA, "1001"),
    ]


def test_a_fact_whose_plan_is_gone_is_said_as_far_as_it_goes() -> None:
    ended, moved = (
        tell(ENDED, is_planned=False),
        tell(e.LegMoved(tag=TAG, state=CopyState.EXPIRED), is_planned=False),
    )
    assert ended is not None
    assert moved is not None
    assert (ended.text, ended.account_id) == ("Meera: an order accepted.", SA)
    assert (moved.text, moved.account_id) == ("An order is expired.", None)


def test_what_rested_for_long_was_not_slow() -> None:
    said = tell(e.OrderMatched(account_id=SA, tag=TAG, order=ORDER), took=timedelta(minutes=20))
    assert said is not None
    assert said.text == "Meera: BUY 50 NSE:INFY filled at 1500.50."


def test_a_broker_that_talks_without_end_is_cut_short() -> None:
    said = tell(e.AlertRaised(text="=" * 10_000))
    assert said is not None
    assert len(said.text) == 600


@pytest.mark.parametrize(
    ("amount", "text"),
    [("142.4", "142.40"), ("1500", "1500.00"), ("83.1275", "83.1275"), ("1E+3", "1000.00")],
)
def test_prices_keep_all_their_decimals(amount: str, text: str) -> None:
    assert price(Decimal(amount)) == text


def test_what_is_no_fact_is_an_error() -> None:
    with pytest.raises(TypeError, match="Expected a fact"):
        Teller({}, str).tell(e.Recorded(1, AT, ClientOrderId("x")))  # type: ignore[arg-type]  # on purpose
