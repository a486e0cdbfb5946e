"""The engine is killed while the broker holds its order, and takes it after the new engine has looked."""

from pathlib import Path

import pytest

from tests.builders.eventually import eventually
from tests.chaos.house import PRIMARY, SECONDARIES, House
from tests.chaos.operators import Operator
from tests.chaos.run import Verdict, await_copying, settle

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

HELD_BACK_S = 20
"""Longer than a restart and its first looks take, shorter than the 30 s after which the operator is asked."""


def test_what_arrives_after_its_sender_died_is_found_and_not_sent_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    try:
        house.wait_ready()
        await_copying(house)
        rules = [
            house.fault("slow", account=account, tradingsymbol="LT", delay_s=HELD_BACK_S)
            for account in SECONDARIES
        ]
        kite = house.kite(PRIMARY)
        order_id = kite.place_order(
            "regular",
            exchange="NSE",
            tradingsymbol="LT",
            transaction_type="BUY",
            quantity=2,
            product="MIS",
            order_type="MARKET",
            market_protection=-1,
        )
        kite.reqsession.close()
        eventually(lambda: not _waiting(house, rules), timeout_s=30, what="three orders under way")
        readies = house.readies("engine")
        assert house.kill("engine")

        eventually(lambda: _states(house, order_id) == {"IN_DOUBT"}, timeout_s=30, what="three in doubt")
        assert house.readies("engine") > readies
        eventually(lambda: _states(house, order_id) == {"FILLED"}, timeout_s=60, what="three late finds")
        house.control("PUT", "/behaviour", {"has_rate_limits": False})
        verdict = Verdict(seed=0)
        operator = Operator(house)
        settle(house, operator, verdict)
        assert not verdict.violations, verdict.report
        assert not operator.asked
    finally:
        house.close()


def _waiting(house: House, rules: list[int]) -> set[int]:
    return set(rules) & {one["id"] for one in house.control("GET", "/faults")}


def _states(house: House, order_id: str) -> set[str]:
    shown = house.shown()
    copies = shown["copies"] if shown else {}
    return {copies[f"{order_id}:{one}"]["state"] for one in SECONDARIES if f"{order_id}:{one}" in copies}
