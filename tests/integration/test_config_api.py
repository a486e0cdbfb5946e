"""Configuration edited over the API of a running Tandem: the next copy uses it, and no secret shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, held, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

ACCOUNTS = "accounts_config.json"
SECRETS = ("papertokenpa", "papersecretpa", "paperkeypa")


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    """One paper run for all tests here, without a vault's key."""
    data = tmp_path_factory.mktemp("data")
    key = str(data / "no-such.key")
    with tandem(data, "--paper", TANDEM_LOG_LEVEL="debug", TANDEM_VAULT_KEY_FILE=key) as run:
        yield run.wait_ready()


def ask(run: Tandem, method: str, path: str, body: object = None) -> requests.Response:
    return run.sign_in().request(method, f"{run.url}/api/v1/{path}", json=body, timeout=20)


def opened(run: Tandem, name: str = ACCOUNTS) -> dict[str, Any]:
    files = ask(run, "GET", "config").json()["files"]
    found: dict[str, Any] = next(file for file in files if file["name"] == name)
    return found


def on_disk(run: Tandem) -> str:
    return (run.data / "paper" / "config" / ACCOUNTS).read_text()


def bought(run: Tandem, quantity: int) -> dict[str, int]:
    """Let the primary buy, and return how much each secondary got of it."""
    params = {
        "exchange": "NSE",
        "tradingsymbol": "SBIN",
        "transaction_type": "BUY",
        "quantity": str(quantity),
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
    }
    placed = run.control("POST", "/orders", {"user_id": "PA0001", "params": params})
    order_id = str(placed["order_id"])

    def sizes() -> dict[str, int]:
        shown = run.snapshot()
        names = [name for name in shown["accounts"] if name != "PA0001"]
        mine = {name: held(shown, name).get(order_id) for name in names}
        return {name: int(copy["quantity"]) for name, copy in mine.items() if copy}

    eventually(lambda: len(sizes()) == 3, timeout_s=40, what="three copies")
    return sizes()


def multipliers(run: Tandem) -> dict[str, str]:
    return {name: str(row["multiplier"]) for name, row in run.snapshot()["accounts"].items()}


def test_a_multiplier_edited_in_the_text_is_used_by_the_next_copy(paper: Tandem) -> None:
    assert bought(paper, 4)["PA0003"] == 10
    file = opened(paper)
    before = on_disk(paper)
    text = file["text"].replace('"ps_multiplier": 2.5', '"ps_multiplier": 3')
    saved = ask(paper, "PUT", f"config/{ACCOUNTS}", {"text": text, "revision": file["revision"]})
    assert saved.ok, saved.text
    assert saved.json()["changes"] == ["PA0003: multiplier 2.5 → 3"]
    assert on_disk(paper) == before.replace('"ps_multiplier": 2.5', '"ps_multiplier": 3')
    eventually(lambda: multipliers(paper)["PA0003"] == "3", what="the engine's new rules")
    assert bought(paper, 4)["PA0003"] == 12

    (version,) = ask(paper, "GET", f"config/{ACCOUNTS}/history").json()["versions"]
    restore = f"config/{ACCOUNTS}/history/{version['version']}/restore"
    restored = ask(paper, "POST", restore, {"revision": saved.json()["revision"]})
    assert restored.json()["changes"] == ["PA0003: multiplier 3 → 2.5"]
    assert on_disk(paper) == before
    eventually(lambda: multipliers(paper)["PA0003"] == "2.5", what="the rules from before")


def test_a_multiplier_edited_in_place_is_used_by_the_next_copy(paper: Tandem) -> None:
    before = on_disk(paper)
    saved = ask(paper, "POST", "accounts/PA0002", {"multiplier": "5", "mode": "on"})
    assert saved.ok, saved.text
    assert saved.json()["message"] == "Saved; new orders use it within a second or two."
    assert on_disk(paper) == before.replace(
        '"ps_multiplier": 1,\n    "primary": false', '"ps_multiplier": 5,\n    "primary": false'
    )
    eventually(lambda: multipliers(paper)["PA0002"] == "5", what="the engine's new rules")
    assert bought(paper, 4)["PA0002"] == 20


def test_a_vault_without_its_key_is_said_plainly_and_nothing_is_saved(paper: Tandem) -> None:
    before = on_disk(paper)
    paper_vault = paper.data / "vault"
    paper_vault.mkdir(mode=0o700, exist_ok=True)
    vault = paper_vault / "vault.json"
    vault.write_text('{"form": 1, "entries": {"TOKEN": "AAAA"}}')
    vault.chmod(0o600)
    file = opened(paper)
    text = file["text"].replace('"cred2": "••••0004"', '"cred2": "vault:TOKEN"')
    assert text != file["text"]
    refused = ask(paper, "PUT", f"config/{ACCOUNTS}", {"text": text, "revision": file["revision"]})
    vault.unlink()
    assert refused.status_code == 422
    assert "no-such.key of the vault is missing" in refused.json()["problems"][0]["reason"]
    assert on_disk(paper) == before


def upload_is_refused(run: Tandem) -> None:
    before = on_disk(run)
    for size, status in ((5_000_000, 413), (30_000_000, 413), (900_000, 422)):
        body = {"text": "x" * size, "revision": opened(run)["revision"]}
        refused = ask(run, "PUT", f"config/{ACCOUNTS}", body)
        assert refused.status_code == status, refused.text
        assert refused.json()["not_done"]
    assert on_disk(run) == before
    assert ask(run, "GET", "snapshot").ok


def test_a_large_upload_is_refused_whole_by_green_threads(paper: Tandem) -> None:
    upload_is_refused(paper)


def test_a_large_upload_is_refused_whole_by_real_threads(tmp_path: Path) -> None:
    with tandem(tmp_path, "--paper", TANDEM_SOCKETIO="threading") as run:
        upload_is_refused(run.wait_ready())


def test_no_secret_is_in_any_answer_log_or_output(paper: Tandem) -> None:
    """Runs last, over what all tests before it left behind."""
    file = opened(paper)
    broken = file["text"].replace('"cred1": "••••', '"cred1": "paperkeypa ••••')
    answers = [ask(paper, "GET", "config").text]
    answers.append(ask(paper, "POST", f"config/{ACCOUNTS}/check", {"text": broken}).text)
    answers.append(ask(paper, "POST", "accounts/PA0001", {"multiplier": "2"}).text)
    history = f"config/{ACCOUNTS}/history"
    versions = ask(paper, "GET", history).json()["versions"]
    answers += [ask(paper, "GET", f"{history}/{each['version']}").text for each in versions]
    logs = [path.read_text() for path in (paper.data / "paper" / "logs").glob("*.jsonl")]
    assert len(answers) > 3
    assert logs
    shown = "\n".join([paper.output, *answers, *logs])
    assert [secret for secret in SECRETS if secret in shown] == []
