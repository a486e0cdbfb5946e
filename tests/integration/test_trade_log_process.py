"""The trade log of the whole program in paper trading: every copy a row, whatever is killed meanwhile."""

import csv
import io
import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from app.records.status import read_status
from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem

pytestmark = pytest.mark.process

HOME = "paper"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Tandem]:
    with tandem(tmp_path, TANDEM_RECORDS="true") as started:
        yield started.wait_ready()


def google_root(run: Tandem) -> str:
    return f"http://127.0.0.1:{run.environment['TANDEM_GOOGLE_PORT']}"


def rows(run: Tandem) -> dict[str, dict[str, str]]:
    """Return today's rows by tag, read as a person downloads them; AssertionError for a key twice."""
    url = f"{google_root(run)}/control/cells"
    try:
        sheets: dict[str, Any] = requests.get(url, params={"id": "paper-trade-log"}, timeout=5).json()
    except requests.ConnectionError as e:
        raise AssertionError("the stand-in does not answer") from e
    days = [sheet["cells"] for title, sheet in sheets.items() if title.startswith("20") and sheet["cells"]]
    assert days
    header, *found = days[-1]
    keys = [row[0] for row in found]
    assert len(keys) == len(set(keys)), keys
    return {row[0]: dict(zip(header, row, strict=False)) for row in found}


def every_copy_has_its_row(run: Tandem) -> bool:
    """Tell whether the log has what the snapshot shows of every leg."""
    logged = rows(run)
    for copy in run.snapshot()["copies"].values():
        for leg in copy["legs"]:
            row = logged.get(leg["tag"])
            assert row is not None, f"{leg['tag']} is not in the log"
            assert row["State"] == leg["state"], (row, leg)
            assert str(row["Copy filled"]) == str(leg["filled_quantity"])
    return True


def place(run: Tandem, count: int) -> None:
    order = {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "quantity": "2",
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
        "validity": "DAY",
    }
    headers = {"X-Kite-Version": "3", "Authorization": "token paperkeypa0001:papertokenpa0001"}
    for _ in range(count):
        answer = requests.post(f"{run.root}/orders/regular", data=order, headers=headers, timeout=10)
        assert answer.ok, answer.text


def kill(run: Tandem, name: str) -> None:
    process_id = eventually(lambda: run.programs().get(name), what=f"{name} running")
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)
    eventually(lambda: run.programs().get(name) not in {None, process_id}, what=f"{name} started again")


def test_every_copy_has_a_row_whatever_is_killed(run: Tandem) -> None:
    place(run, 3)
    eventually(lambda: every_copy_has_its_row(run), timeout_s=60)
    before = len(rows(run))
    kill(run, "records")
    place(run, 3)
    kill(run, "google")
    place(run, 3)
    eventually(lambda: len(rows(run)) >= before + 18, timeout_s=60)
    eventually(lambda: every_copy_has_its_row(run), timeout_s=60)


def test_trouble_is_told_and_ends_without_a_restart(run: Tandem, tmp_path: Path) -> None:
    place(run, 1)
    eventually(lambda: every_copy_has_its_row(run), timeout_s=60)
    told = {"id": "paper-trade-log", "email": "trade-log@paper.invalid"}
    requests.post(f"{google_root(run)}/control/unshare", json=told, timeout=5)
    place(run, 1)

    def status() -> Any:
        return read_status(tmp_path / HOME, datetime.now(UTC))

    eventually(lambda: status().needs_operator, timeout_s=30)
    assert "not shared with trade-log@paper.invalid" in status().problem
    assert status().queued > 0
    requests.post(f"{google_root(run)}/control/share", json=told, timeout=5)
    eventually(lambda: status().problem is None and status().queued == 0, timeout_s=60)
    eventually(lambda: every_copy_has_its_row(run), timeout_s=60)


def test_the_log_opens_as_a_page_and_as_csv(run: Tandem, tmp_path: Path) -> None:
    place(run, 1)
    eventually(lambda: every_copy_has_its_row(run), timeout_s=60)
    status = read_status(tmp_path / HOME, datetime.now(UTC))
    assert status is not None
    assert status.url is not None
    assert "stand-in for Google" in requests.get(status.url, timeout=5).text
    lines = list(csv.reader(io.StringIO(requests.get(f"{status.url}/export", timeout=5).text)))
    assert lines[0][0] in {"Tag", "Day and account"}


def test_it_is_switched_off_and_on_while_it_runs(run: Tandem, tmp_path: Path) -> None:
    path = tmp_path / HOME / "config" / "copier.json"
    told = json.loads(path.read_text())
    told["trade_log"] = {"is_on": False}
    path.write_text(json.dumps(told))
    eventually(
        lambda: (found := read_status(tmp_path / HOME, datetime.now(UTC))) is not None and not found.is_on,
        timeout_s=30,
    )
    told["trade_log"] = {"is_on": True}
    path.write_text(json.dumps(told))
    place(run, 1)
    eventually(lambda: every_copy_has_its_row(run), timeout_s=60)
