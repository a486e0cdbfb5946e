"""The program that the races run on: paper trading with twelve secondaries, in manual mode."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem
from tests.races.shots import Operator

PRIMARY = "PA0001"
SECONDARIES = tuple(f"PA{number:04d}" for number in range(2, 14))
"""Many, because each may send eight orders a second at most."""
PATIENCE_S = 90.0


class House:
    """One run of the program, two operators in sessions of their own, and the exchange's ledger."""

    def __init__(self, run: Tandem) -> None:
        self.run = run
        self.anna, self.bela = Operator(run), Operator(run)

    def place(self, symbol: str, *, price: str | None = None) -> str:
        """Let the primary buy in Kite's own app, at the market or with a limit; return the order's id."""
        params = {
            "exchange": "NSE",
            "tradingsymbol": symbol,
            "transaction_type": "BUY",
            "quantity": "1",
            "product": "MIS",
            "order_type": "MARKET",
            "market_protection": "-1",
        }
        if price is not None:
            params |= {"order_type": "LIMIT", "price": price}
            del params["market_protection"]
        return str(self.run.control("POST", "/orders", {"user_id": PRIMARY, "params": params})["order_id"])

    def copies(self, order_id: str) -> dict[str, dict[str, Any]]:
        """Return the copies of a primary order by account, as the page shows them."""
        return {
            copy["account_id"]: copy
            for copy in self.run.snapshot()["copies"].values()
            if copy["primary_order_id"] == order_id
        }

    def wait(self, order_id: str, *states: str, what: str = "") -> dict[str, dict[str, Any]]:
        """Wait until every secondary's copy of an order is in one of these states; return the copies."""

        def arrived() -> dict[str, dict[str, Any]] | None:
            found = self.copies(order_id)
            assert len(found) == len(SECONDARIES), f"{len(found)} copies"
            seen = {copy["state"] for copy in found.values()}
            assert seen <= set(states), seen
            return found

        found = eventually(arrived, timeout_s=PATIENCE_S, what=what or f"{order_id} {'/'.join(states)}")
        assert found is not None
        return found

    def placed(self, tags: set[str]) -> list[dict[str, Any]]:
        """Return every request under these tags that reached the exchange."""
        return [row for row in self.run.ledger(action="place") if row["tag"] in tags]


@contextmanager
def house(data: Path, mode: str) -> Iterator[House]:
    """Run the program while the block lasts; `mode` is the web process's asynchronous mode."""
    with tandem(data, "--paper", TANDEM_SOCKETIO=mode) as run:
        run.wait_ready()
        _open_accounts(run)
        built = House(run)
        assert built.anna.give("/mode", {"mode": "manual"}).status == 200
        yield built


def _open_accounts(run: Tandem) -> None:
    """Open the accounts that paper trading does not begin with, edit the configuration as users do."""
    file = run.data / "paper" / "config" / "accounts_config.json"
    rows = json.loads(file.read_text())
    for account in SECONDARIES:
        run.control("POST", "/accounts", {"user_id": account})
    known = {row["account_id"] for row in rows}
    for account in SECONDARIES:
        if account not in known:
            low = account.lower()
            rows.append({**rows[1], "account_id": account, "name": account})
            rows[-1].update(cred1=f"paperkey{low}", cred2=f"papertoken{low}", api_secret=f"papersecret{low}")
    for row in rows:
        row["ps_multiplier"] = 1
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(rows, indent=2))
    draft.replace(file)

    def are_ready() -> bool:
        accounts = run.snapshot()["accounts"]
        return all(accounts.get(one, {}).get("state") == "ready" for one in (PRIMARY, *SECONDARIES))

    eventually(are_ready, timeout_s=PATIENCE_S, what="twelve accounts that are ready")
