"""Real programs that hang, stopped with SIGSTOP, are killed and started again, and copying goes on."""

import signal
from collections.abc import Iterator

import pytest

from tests.builders.eventually import eventually
from tests.chaos.house import PRIMARY, SECONDARIES, House

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

LIMIT_S = 4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One run with little patience; its children are stopped for real."""
    started = House(tmp_path_factory.mktemp("data"), TANDEM_HANG_LIMIT_S=str(LIMIT_S))
    try:
        yield started.wait_ready()
    finally:
        started.close()


@pytest.mark.parametrize("program", ["web", "exchange"])
def test_a_stopped_program_is_replaced(house: House, program: str) -> None:
    before = house.run.programs()[program]
    readies = house.readies(program)

    assert house.signal(program, signal.SIGSTOP)

    eventually(lambda: house.readies(program) > readies, timeout_s=60, what=f"a new {program}")
    assert house.run.programs()[program] != before
    assert f"{program} has given no sign of life for {LIMIT_S} s" in house.output


def test_copying_goes_on_behind_a_stopped_engine(house: House) -> None:
    eventually(lambda: house.shown() is not None, timeout_s=60, what="a page that is told")
    readies = house.readies("engine")
    assert house.signal("engine", signal.SIGSTOP)
    kite = house.kite(PRIMARY)
    order = {"exchange": "NSE", "transaction_type": "BUY", "product": "MIS", "order_type": "MARKET"}
    order_id = kite.place_order("regular", tradingsymbol="LT", quantity=2, market_protection=-1, **order)
    kite.reqsession.close()

    def is_filled() -> bool:
        shown = house.shown()
        copies = shown["copies"] if shown else {}
        return all(copies.get(f"{order_id}:{one}", {}).get("state") == "FILLED" for one in SECONDARIES)

    eventually(is_filled, timeout_s=60, what="the copies of an order placed while the engine hung")
    assert house.readies("engine") > readies
