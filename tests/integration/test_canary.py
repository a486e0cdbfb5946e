"""No secret shows: after a day with failures, none is in logs, journal, records, answers or the terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem

pytestmark = pytest.mark.process

SECRETS = ("papertokenpa", "papersecretpa", "paperkeypa")
_THEIR_PLACES = {"config", "exchange", "sign-in", "sessions"}
"""Where paper credentials have to stand: the operator's own files and the other side's memory."""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Tandem]:
    with tandem(tmp_path, TANDEM_RECORDS="true", TANDEM_LOG_LEVEL="debug") as started:
        yield started.wait_ready()


def files_with_secrets(data: Path) -> list[str]:
    found = []
    for path in sorted((data / "paper").rglob("*")):
        inside = path.relative_to(data / "paper").parts
        if path.is_file() and inside[0] not in _THEIR_PLACES:
            content = path.read_bytes()
            found += [f"{path.name}: {secret}" for secret in SECRETS if secret.encode() in content]
    return found


def test_no_secret_shows_anywhere(run: Tandem, tmp_path: Path) -> None:
    for kind in ("token_dead", "5xx_after", "hang", "garbled_after"):
        run.fault(kind, route="orders.*", count=3)
    eventually(lambda: len(run.snapshot()["copies"]) >= 6, timeout_s=60)
    eventually(lambda: any((tmp_path / "paper" / "logs").glob("*.jsonl")))
    day = str(run.snapshot()["status"]["trade_date"])
    answers = [run.sign_in().get(f"{run.url}/api/v1/snapshot", timeout=10).text]
    for what in ("orders", "copies", "fills", "tradebook", "audit"):
        answer = run.sign_in().get(f"{run.url}/api/v1/records/{day}/{what}.json", timeout=10)
        assert answer.ok, answer.text
        answers.append(answer.text)
    answers += [run.sign_in().get(f"{run.url}{path}", timeout=10).text for path in ("/metrics", "/readyz")]
    shown = "\n".join([run.output, *answers])
    assert [secret for secret in SECRETS if secret in shown] == []
    assert files_with_secrets(tmp_path) == []
