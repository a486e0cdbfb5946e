"""What every account holds and has, as the operator of a paper run sees it."""

import json
import os
import signal
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
import requests

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

MULTIPLIERS = {"PA0002": Fraction(1), "PA0003": Fraction(5, 2), "PA0004": Fraction(1, 2)}
SYMBOL = "NSE:LT"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    with tandem(tmp_path_factory.mktemp("data"), "--paper") as run:
        yield run.wait_ready()


def trade(paper: Tandem, quantity: int) -> None:
    """Buy, or sell where it is negative, in the primary account."""
    paper.kite("PA0001", timeout_s=60.0).place_order(
        variety="regular",
        exchange="NSE",
        tradingsymbol=SYMBOL.partition(":")[2],
        transaction_type="BUY" if quantity > 0 else "SELL",
        quantity=abs(quantity),
        product="MIS",
        order_type="MARKET",
        market_protection=-1,
    )


def position(paper: Tandem, account_id: str) -> dict[str, Any] | None:
    rows = paper.snapshot()["portfolios"][account_id]["positions"]
    return next((row for row in rows if row["instrument"] == SYMBOL), None)


def all_hold(paper: Tandem, primary: int) -> bool:
    """Tell whether the primary is shown with these units and each secondary with what it asks for."""
    rows = {account_id: position(paper, account_id) for account_id in ("PA0001", *MULTIPLIERS)}
    held = {account_id: row["quantity"] if row else None for account_id, row in rows.items()}
    expected = {account_id: row["expected"] if row else None for account_id, row in rows.items()}
    asked = {account_id: int(multiplier * primary) for account_id, multiplier in MULTIPLIERS.items()}
    assert held == {"PA0001": primary, **asked}
    assert expected == {"PA0001": None, **asked}
    return True


def test_every_account_is_shown_with_its_funds(paper: Tandem) -> None:
    def read() -> bool:
        shown = paper.snapshot()["portfolios"]
        assert set(shown) == {"PA0001", *MULTIPLIERS}
        return all(row["as_of"] and row["funds_free"] and row["fails"] is None for row in shown.values())

    eventually(read, timeout_s=60, what="a portfolio of each account")


@pytest.mark.parametrize(("quantity", "then"), [(10, 10), (-16, -6)])
def test_a_trade_is_shown_in_all_accounts_with_as_many_units_as_the_primary_asks_for(
    paper: Tandem, quantity: int, then: int
) -> None:
    trade(paper, quantity)
    eventually(lambda: all_hold(paper, then), timeout_s=90, what=f"{then} units and what they ask for")


def test_the_profit_of_the_day_is_sampled_for_all_accounts_and_outlives_the_web_process(
    paper: Tandem,
) -> None:
    def sampled() -> dict[str, Any]:
        try:
            answer = paper.sign_in().get(f"{paper.url}/api/v1/pnl", timeout=10)
        except requests.ConnectionError as e:
            raise AssertionError("the web process does not answer") from e
        assert answer.ok, answer.text
        series: dict[str, Any] = answer.json()
        assert set(series["accounts"]) == {"PA0001", *MULTIPLIERS}
        return series

    before = eventually(sampled, timeout_s=60, what="a sample of each account")
    killed = paper.programs()["web"]
    os.kill(killed, signal.SIGKILL)
    eventually(
        lambda: paper.programs().get("web", killed) != killed, timeout_s=60, what="another web process"
    )
    after = eventually(sampled, timeout_s=60, what="the samples after a restart")
    assert after["times"][: len(before["times"])] == before["times"]


def test_an_account_taken_out_of_the_configuration_is_shown_no_more_and_comes_back(paper: Tandem) -> None:
    file = paper.data / "paper" / "config" / "accounts_config.json"
    whole = file.read_text(encoding="utf-8")
    rest = [row for row in json.loads(whole) if row["account_id"] != "PA0004"]

    def shown() -> set[str]:
        state = paper.snapshot()
        assert set(state["accounts"]) == set(state["portfolios"])
        return set(state["accounts"])

    file.write_text(json.dumps(rest), encoding="utf-8")
    eventually(lambda: shown() == {"PA0001", "PA0002", "PA0003"}, timeout_s=60, what="PA0004 gone")
    file.write_text(whole, encoding="utf-8")
    eventually(lambda: "PA0004" in shown(), timeout_s=60, what="PA0004 back")
    eventually(lambda: all_hold(paper, -6), timeout_s=60, what="what it holds")
