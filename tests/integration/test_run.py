"""`python run.py` as its user has it: a paper day, programs killed under it, and every refused start."""

import json
import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, held, is_alive, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

MULTIPLIERS = {"PA0002": Fraction(1), "PA0003": Fraction(5, 2), "PA0004": Fraction(1, 2)}


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    """One paper run for the tests that leave it running."""
    with tandem(tmp_path_factory.mktemp("data"), "--paper") as run:
        yield run.wait_ready()


def reasons(copies: dict[str, dict[str, Any]]) -> set[str]:
    return {copy["reason"]["code"] for copy in copies.values() if copy["reason"]}


def test_the_ready_block_names_everything(paper: Tandem) -> None:
    assert f"http://localhost:{paper.web_port}/sign-in#" in paper.output
    for text in ("PA0001", "PA0002", "× 2.5", "× 0.5", str(paper.data / "paper"), "Ctrl-C"):
        assert text in paper.output
    assert set(paper.programs()) == {"exchange", "engine", "web"}


def test_nothing_answers_without_signing_in(paper: Tandem) -> None:
    with requests.Session() as stranger:
        stranger.trust_env = False
        assert stranger.get(f"{paper.url}/api/v1/snapshot", timeout=10).status_code == 401
        assert stranger.post(f"{paper.url}/api/v1/stop", timeout=10).status_code == 401


def test_each_primary_order_has_one_copy_of_the_right_size_per_secondary(paper: Tandem) -> None:
    def copied() -> bool:
        shown = paper.snapshot()
        entry = next(o for o in shown["orders"].values() if o["tradingsymbol"] == "INFY")
        sizes = {a: held(shown, a)[entry["order_id"]]["quantity"] for a in MULTIPLIERS}
        assert entry["skipped"] is None
        assert entry["late"] is None
        assert sizes == {a: int(m * entry["quantity"]) for a, m in MULTIPLIERS.items()} or not all(sizes)
        return all(held(shown, a)[entry["order_id"]]["state"] == "FILLED" for a in MULTIPLIERS)

    eventually(lambda: any(o["tradingsymbol"] == "INFY" for o in paper.snapshot()["orders"].values()))
    eventually(copied, what="three filled copies of the first order")


def test_the_three_kinds_of_skip_are_shown_with_their_reasons(paper: Tandem) -> None:
    def skipped() -> bool:
        shown = paper.snapshot()
        orders = {o["skipped"]["code"] for o in shown["orders"].values() if o["skipped"]}
        assert {"PRODUCT_NOT_COPIED", "ORDER_TYPE_NOT_ALLOWED"} <= orders
        return "QUANTITY_SUB_LOT" in reasons(held(shown, "PA0004"))

    eventually(skipped, timeout_s=60, what="a CNC, an SL-M and a sub-lot order")
    for account in ("PA0002", "PA0003"):
        assert "QUANTITY_SUB_LOT" not in reasons(held(paper.snapshot(), account))


def test_a_second_copy_on_the_same_folder_is_refused(paper: Tandem) -> None:
    second = paper.command("--paper")

    assert second.returncode == 2
    assert f"process {paper.process.pid}" in second.stderr
    assert paper.process.poll() is None


def test_a_fresh_link_signs_in_once(paper: Tandem) -> None:
    printed = paper.command("sign-in", "--paper")
    token = printed.stdout.strip().partition("#")[2]
    with requests.Session() as browser:
        browser.trust_env = False
        codes = [
            browser.post(f"{paper.url}/sign-in", data={"token": token}, timeout=10).status_code
            for _ in range(2)
        ]

    assert codes == [204, 401]


def test_check_finds_the_paper_configuration_right(paper: Tandem) -> None:
    assert paper.command("check", "--paper").returncode == 0


def test_a_killed_web_process_comes_back_and_delays_no_copy(paper: Tandem) -> None:
    before = paper.programs()
    seen = set(paper.snapshot()["orders"])
    os.kill(before["web"], signal.SIGKILL)
    order_id = str(
        paper.control(
            "POST",
            "/orders",
            {
                "user_id": "PA0001",
                "params": {
                    "exchange": "NSE",
                    "tradingsymbol": "SBIN",
                    "transaction_type": "BUY",
                    "quantity": "4",
                    "product": "MIS",
                    "order_type": "MARKET",
                    "market_protection": "-1",
                },
            },
        )["order_id"]
    )

    eventually(lambda: order_id in paper.snapshot()["orders"], timeout_s=40)
    after = paper.programs()
    assert order_id not in seen
    assert after["engine"] == before["engine"]
    assert after["web"] != before["web"]
    eventually(lambda: set(MULTIPLIERS) == {a for a in MULTIPLIERS if order_id in held(paper.snapshot(), a)})


def test_an_engine_killed_in_a_burst_sends_every_copy_once(paper: Tandem) -> None:
    burst = [
        str(
            paper.control(
                "POST",
                "/orders",
                {
                    "user_id": "PA0001",
                    "params": {
                        "exchange": "NSE",
                        "tradingsymbol": symbol,
                        "transaction_type": "BUY",
                        "quantity": "2",
                        "product": "MIS",
                        "order_type": "MARKET",
                        "market_protection": "-1",
                    },
                },
            )["order_id"]
        )
        for symbol in ("INFY", "SBIN", "ITC", "WIPRO", "TCS")
    ]
    eventually(lambda: any(row["outcome"] == "accepted" for row in sent_for(paper, burst)), timeout_s=30)
    os.kill(paper.programs()["engine"], signal.SIGKILL)

    def settled() -> bool:
        shown = paper.snapshot()
        copies = [held(shown, account).get(order) for account in MULTIPLIERS for order in burst]
        retry_what_provably_never_arrived(paper, [copy for copy in copies if copy is not None])
        return all(copy is not None and copy["state"] == "FILLED" for copy in copies)

    eventually(settled, timeout_s=120, what="all copies of the burst filled after the restart")
    accepted = [row for row in sent_for(paper, burst) if row["outcome"] == "accepted"]
    assert set(Counter(row["tag"] for row in accepted).values()) == {1}
    assert len(accepted) == len(burst) * len(MULTIPLIERS)


def retry_what_provably_never_arrived(paper: Tandem, copies: list[dict[str, Any]]) -> None:
    """Do what the operator does when the engine died between journal and network: it asks, they retry."""
    for copy in copies:
        if copy["state"] == "NEEDS_OPERATOR":
            tick = {"copy_id": copy["copy_id"], "seen_state": copy["state"]}
            body = {"command_id": uuid4().hex, "copies": [tick]}
            paper.sign_in().post(f"{paper.url}/api/v1/retries", json=body, timeout=10)


def sent_for(paper: Tandem, orders: list[str]) -> list[dict[str, Any]]:
    """Return the ledger's rows for the copies of some primary orders."""
    shown = paper.snapshot()
    tags = {
        leg["tag"]
        for copy in shown["copies"].values()
        if copy["primary_order_id"] in orders
        for leg in copy["legs"]
    }
    return [row for row in paper.ledger(action="place") if row["tag"] in tags]


def test_sigterm_stops_everything_and_leaves_nothing(tmp_path: Path) -> None:
    with tandem(tmp_path, "--paper") as run:
        run.wait_ready()
        children = run.programs()
        run.process.send_signal(signal.SIGTERM)

        assert run.ended() == 0
        assert len(children) == 3
        assert not [name for name, pid in children.items() if is_alive(pid)]
        assert "killed" not in run.output
        assert "Traceback" not in run.output


def test_a_killed_supervisor_leaves_no_program_behind_and_can_be_started_again(tmp_path: Path) -> None:
    with tandem(tmp_path, "--paper") as run:
        run.wait_ready()
        children = run.programs()
        run.process.kill()
        with tandem(tmp_path, "--paper") as next_run:
            next_run.wait_ready()
            assert not [name for name, pid in children.items() if is_alive(pid)]


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        for variable in ("TANDEM_PORT", "TANDEM_EXCHANGE_PORT"):
            with tandem(tmp_path, "--paper", **{variable: port}) as run:
                assert run.ended() == 2
                assert f"Port {port}" in run.output
                assert f"{variable}=" in run.output


def test_a_wrong_configuration_is_refused_with_file_line_and_example(tmp_path: Path) -> None:
    with tandem(tmp_path, "--paper") as run:
        run.wait_ready()
    accounts = tmp_path / "paper" / "config" / "accounts_config.json"
    rows = json.loads(accounts.read_text())
    rows[1]["ps_multiplier"] = 0
    rows[2]["primary"] = True
    accounts.write_text(json.dumps(rows, indent=2))

    with tandem(tmp_path, "--paper") as run:
        assert run.ended() == 2
        assert "accounts_config.json:" in run.output
        assert "ps_multiplier" in run.output
        assert "primary" in run.output
        assert "Right would be" in run.output
        assert run.command("check", "--paper").returncode == 2


def test_live_without_accounts_is_refused(tmp_path: Path) -> None:
    with tandem(tmp_path, "--live", TANDEM_CONFIG=str(tmp_path / "none")) as run:
        assert run.ended() == 2
        assert "accounts_config.json" in run.output
