"""Logs: words to the terminal, JSON lines to files, secrets to neither."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from app.bootstrap import logs
from app.bootstrap.logs import HIDDEN, Redactor, configure_logs
from app.settings import Settings, Venue

TOKEN = "kT9canaryToken/That+MustNotShow"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    logging.raiseExceptions = True
    root.setLevel(level)


def lines(folder: Path) -> list[dict[str, object]]:
    text = (folder / "paper" / "logs" / "engine.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_is_json_with_time_level_and_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("engine", Settings(data=tmp_path), Venue.PAPER)
    logging.getLogger("tandem.engine").warning("Order %s is late — 5 s.", "100", extra={"account": "AB1234"})
    (line,) = lines(tmp_path)
    assert line["event"] == "Order 100 is late — 5 s."
    assert (line["level"], line["logger"], line["account"]) == ("warning", "tandem.engine", "AB1234")
    assert str(line["timestamp"]).endswith("Z")
    assert capsys.readouterr().err == "WARNING tandem.engine: Order 100 is late — 5 s.\n"


def test_secrets_are_hidden_in_words_addresses_and_tracebacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    redactor = configure_logs("engine", Settings(data=tmp_path), Venue.PAPER)
    redactor.hide([TOKEN, None])
    log = logging.getLogger("some.library")
    log.warning("GET /x?token=%s and %s", quote(TOKEN, safe=""), TOKEN, extra={"header": TOKEN})
    log.warning("a wrong %d", TOKEN)  # logging would print the arguments themselves
    try:
        int(f"token {TOKEN}")
    except ValueError:
        log.exception("It failed.")
    kept = (tmp_path / "paper" / "logs" / "engine.jsonl").read_text(encoding="utf-8")
    shown = capsys.readouterr().err
    assert "canary" not in kept + shown
    assert HIDDEN in kept
    assert "ValueError: invalid literal" in shown


def test_a_new_token_is_hidden_beside_the_old_one() -> None:
    redactor = Redactor()
    assert redactor.clean("nothing to hide") == "nothing to hide"
    redactor.hide(["first-token", "short"])
    redactor.hide(["first-token-and-more"])
    assert redactor.clean("first-token-and-more first-token short") == f"{HIDDEN} {HIDDEN} short"


@pytest.mark.parametrize(
    "secret", ['pass"word\\one', "line one\nline two", "schl\u00fcssel-wort", "a b+c/d=e"]
)
def test_a_secret_is_hidden_however_it_is_spelt(
    secret: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("engine", Settings(data=tmp_path), Venue.PAPER).hide([secret])
    spellings = (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret), quote_plus(secret))
    for spelt in (secret, *spellings):
        logging.getLogger("x").warning("%s", spelt)
    kept = (tmp_path / "paper" / "logs" / "engine.jsonl").read_text(encoding="utf-8")
    assert capsys.readouterr().err.count(HIDDEN) == 5
    assert kept.count(HIDDEN) == 5


def test_files_rotate_and_are_the_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 2_000)
    configure_logs("engine", Settings(data=tmp_path), Venue.PAPER)
    for number in range(200):
        logging.getLogger("x").warning("line %d", number)
    folder = tmp_path / "paper" / "logs"
    assert len(list(folder.iterdir())) == logs.FILES_KEPT + 1
    assert (folder / "engine.jsonl").stat().st_size <= 2_000
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "engine.jsonl").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_costs_the_file_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paper").write_text("not a folder")
    configure_logs("engine", Settings(data=tmp_path), Venue.PAPER)
    logging.getLogger("x").warning("still here")
    assert "No log file is kept" in (shown := capsys.readouterr().err)
    assert "still here" in shown


def test_the_level_is_the_operators(tmp_path: Path) -> None:
    configure_logs("engine", Settings(data=tmp_path, log_level="error"), Venue.PAPER)
    logging.getLogger("x").warning("not this")
    logging.getLogger("x").error("this")
    assert [line["event"] for line in lines(tmp_path)] == ["this"]
