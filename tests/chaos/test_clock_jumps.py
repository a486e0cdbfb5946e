"""The broker's clock jumps: an hour, over the close, to the next opening. Nothing is copied late or twice."""

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.builders.eventually import eventually
from tests.chaos.house import PRIMARY, SECONDARIES, House
from tests.chaos.operators import Operator

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One run for all jumps, in the order of the file; looks go on, so nothing is late by a gap."""
    started = House(tmp_path_factory.mktemp("data"), rules={"market_age_limit_s": 60})
    try:
        yield started.wait_ready()
    finally:
        started.close()


@pytest.fixture(autouse=True)
def _nothing_twice(house: House) -> Iterator[None]:
    yield
    accepted = Counter(row["tag"] for row in house.ledger(action="place") if row["outcome"] == "accepted")
    assert not [tag for tag, count in accepted.items() if tag and tag.startswith("TC") and count > 1]
    for account in SECONDARIES:
        kite = house.kite(account)
        tags = Counter(row["tag"] for row in kite.orders() if (row["tag"] or "").startswith("TC"))
        kite.reqsession.close()
        assert set(tags.values()) <= {1}


def now(house: House) -> datetime:
    """Return the broker's time."""
    return datetime.fromisoformat(house.control("GET", "/status")["session_time"])


def go_to(house: House, moment: datetime) -> None:
    """Let the broker's clock stand at a later moment at once."""
    house.control("POST", "/clock", {"advance_to": moment.isoformat()})


def buy(house: House, symbol: str) -> str:
    """Buy two at the market."""
    kite = house.kite(PRIMARY)
    order = {"exchange": "NSE", "transaction_type": "BUY", "product": "MIS", "order_type": "MARKET"}
    try:
        return str(
            kite.place_order("regular", tradingsymbol=symbol, quantity=2, market_protection=-1, **order)
        )
    finally:
        kite.reqsession.close()


def states(house: House, order_id: str) -> list[str | None]:
    """Return the states of an order's copies."""
    shown = house.shown()
    copies = shown["copies"] if shown else {}
    return [copies.get(f"{order_id}:{account}", {}).get("state") for account in SECONDARIES]


def is_copied(house: House, order_id: str) -> bool:
    """Tell whether every copy of an order is filled."""
    return states(house, order_id) == ["FILLED"] * len(SECONDARIES)


def is_watching(house: House) -> bool:
    """Tell whether orders would be copied by themselves by now."""
    shown = house.shown()
    return shown is not None and shown["status"]["looked_at"] is not None


def test_what_an_hour_has_gone_by_over_is_held_and_what_comes_after_is_copied(house: House) -> None:
    eventually(lambda: is_watching(house), timeout_s=60, what="the first look")
    assert house.signal("engine", signal.SIGSTOP)
    unseen = buy(house, "LT")
    go_to(house, now(house) + HOUR)
    assert house.signal("engine", signal.SIGCONT)
    after = buy(house, "AXISBANK")

    eventually(lambda: is_copied(house, after), timeout_s=60, what="copies after the jump")
    eventually(lambda: states(house, unseen) == ["HELD"] * 3, timeout_s=60, what="the old order being held")
    shown = house.shown()
    assert shown is not None
    assert shown["orders"][unseen]["late"]["code"] == "SEEN_LATE"
    Operator(house).answer(shown, threading.Event())
    eventually(lambda: is_copied(house, unseen), timeout_s=60, what="copies after the tick")


def test_a_clock_that_goes_back_copies_nothing_again(house: House) -> None:
    before = buy(house, "LT")
    eventually(lambda: is_copied(house, before), timeout_s=60, what="copies before the jump")
    clock = house.data / "paper" / "exchange" / "clock.json"
    known = len(house.ledger(action="place"))
    readies = house.readies("exchange")
    assert house.signal("exchange", signal.SIGSTOP)  # it must not write its clock while we do
    clock.write_text(json.dumps({"offset_s": json.loads(clock.read_text())["offset_s"] - 3600}))
    assert house.kill("exchange")

    eventually(lambda: house.readies("exchange") > readies, timeout_s=60, what="the exchange")
    after = buy(house, "AXISBANK")
    eventually(lambda: is_copied(house, after), timeout_s=60, what="copies after the jump")
    tags = {row["tag"] for row in house.ledger(action="place", after=str(known)) if row["account"] != PRIMARY}
    legs = _tags_of(house, before)
    assert not tags & legs, "what was copied before the jump was sent again"


def test_over_the_close_nothing_is_copied_any_more(house: House) -> None:
    last = buy(house, "LT")
    eventually(lambda: is_copied(house, last), timeout_s=60, what="the last copies of the day")
    go_to(house, now(house).replace(hour=15, minute=31, second=0))
    readies = house.readies("engine")
    known = len(house.ledger(action="place"))

    def is_squared_off() -> bool:
        kite = house.kite(PRIMARY)
        ids = [row["order_id"] for row in kite.orders() if row["placed_by"] != PRIMARY]
        kite.reqsession.close()
        shown = house.shown()
        orders = shown["orders"] if shown else {}
        return bool(ids) and all((orders.get(one) or {}).get("skipped") for one in ids)

    eventually(is_squared_off, timeout_s=60, what="the broker's square-off, seen and skipped")
    sent = {row["tag"] for row in house.ledger(action="place", after=str(known)) if row["account"] != PRIMARY}
    assert sent <= _exits(house), "an entry left after the close"
    assert house.readies("engine") == readies


def test_the_next_morning_begins_with_nothing_of_yesterday(house: House) -> None:
    known = house.ledger(action="place")[-1]["number"]
    readies = house.readies("engine")
    house.control("POST", "/session/advance")

    eventually(lambda: house.readies("engine") > readies, timeout_s=60, what="the engine of the new day")
    eventually(lambda: is_watching(house), timeout_s=60, what="the first look of the day")
    order_id = buy(house, "LT")
    eventually(lambda: is_copied(house, order_id), timeout_s=60, what="the first copies of the day")
    sent = {row["tag"] for row in house.ledger(action="place", after=str(known)) if row["account"] != PRIMARY}
    shown = house.shown()
    assert shown is not None
    assert sent <= {leg["tag"] for copy in shown["copies"].values() for leg in copy["legs"]}
    assert set(shown["orders"]) <= _listed(house)


def _tags_of(house: House, order_id: str) -> set[str]:
    shown = house.shown()
    assert shown is not None
    copies = [copy for copy in shown["copies"].values() if copy["primary_order_id"] == order_id]
    return {leg["tag"] for copy in copies for leg in copy["legs"]}


def _exits(house: House) -> set[str]:
    """Return the tags of exits: those are never too old (order protocol, rule 14)."""
    shown = house.shown()
    assert shown is not None
    copies = [copy for copy in shown["copies"].values() if copy["closing_units"]]
    return {leg["tag"] for copy in copies for leg in copy["legs"]}


def _listed(house: House) -> set[str]:
    kite = house.kite(PRIMARY)
    try:
        return {row["order_id"] for row in kite.orders()}
    finally:
        kite.reqsession.close()
