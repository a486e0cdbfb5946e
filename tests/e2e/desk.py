"""The whole program in paper mode, and the page an operator has before him."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from app.web import sign_in
from tests.builders.browser import Screen
from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem
from tests.e2e.judging import SIZES

PRIMARY = "PA0001"
SECONDARIES = ("PA0002", "PA0003", "PA0004")
PATIENCE_S = 60.0


class Desk:
    """One run. Orders of the primary come over the exchange's control API, as from Kite's own app."""

    def __init__(self, run: Tandem) -> None:
        self.run = run

    def open(self, browser: Browser, size: str = "1600", path: str = "/") -> Screen:
        """Sign in a new browser and wait for the live state."""
        screen = Screen(browser, *SIZES[size])
        token = sign_in.issue(self.run.data / "paper" / "sign-in")
        screen.page.goto(f"{self.run.url}/sign-in#{token}")
        is_known(screen.page)
        if path != "/":
            screen.page.goto(f"{self.run.url}{path}")
            is_known(screen.page)
        return screen

    def place(self, symbol: str, quantity: int = 4, **more: str) -> str:
        """Let the primary buy at the market, or as `more` says; return the order's id."""
        params = {
            "exchange": "NSE",
            "tradingsymbol": symbol,
            "transaction_type": "BUY",
            "quantity": str(quantity),
            "product": "MIS",
            "order_type": "MARKET",
            "market_protection": "-1",
            **more,
        }
        body = {"user_id": PRIMARY, "params": params}
        return str(self.run.control("POST", "/orders", body)["order_id"])

    def tell(self, path: str, **body: object) -> None:
        """Give a command by the API, for what a test needs before it begins."""
        answer = self.run.sign_in().post(f"{self.run.url}/api/v1{path}", json=body, timeout=20)
        assert answer.ok, answer.text

    def hold(self) -> None:
        """Have new orders wait for a tick."""
        self.tell("/mode", command_id=f"hold-{len(self.run.ledger())}-held", mode="manual")

    def copies(self, *order_ids: str) -> list[dict[str, Any]]:
        """Return the copies of these orders as the server has them."""
        found = self.run.snapshot()["copies"].values()
        return [copy for copy in found if copy["primary_order_id"] in order_ids]

    def settled(self, *order_ids: str, state: str = "FILLED") -> list[dict[str, Any]]:
        """Wait until every secondary has a copy of these orders in this state, and return them."""

        def arrived() -> list[dict[str, Any]]:
            copies = self.copies(*order_ids)
            assert len(copies) == len(SECONDARIES) * len(order_ids), copies
            assert {copy["state"] for copy in copies} == {state}, [copy["state"] for copy in copies]
            return copies

        return eventually(arrived, timeout_s=PATIENCE_S, what=f"{order_ids} {state}")

    def placed(self, copies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return every request of these copies, and so every order, that reached the exchange."""
        tags = {leg["tag"] for copy in copies for leg in copy["legs"]}
        return [row for row in self.run.ledger(action="place") if row["tag"] in tags]

    def placed_in_all(self) -> int:
        """Count the orders that Tandem has ever placed."""
        return len(self.run.ledger(action="place"))


@contextmanager
def desk(data: Path) -> Iterator[Desk]:
    """Run the program in paper mode while the block lasts."""
    with tandem(data, "--paper") as run:
        run.wait_ready()
        yield Desk(run)


def is_known(page: Page) -> None:
    """Wait until the page shows what the copier says."""
    expect(page.get_by_test_id("mode")).not_to_have_text("Unknown")


def line(page: Page, row_id: str) -> Locator:
    """Return the row of an order or a copy."""
    return page.locator(f"[data-line='{row_id}']")
