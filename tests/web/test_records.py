"""Records over HTTP: the overview, downloads, refusals."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.ports.journal import JournalError
from app.records.exports import Exports
from app.records.rows import tags_of
from app.records.status import LogStatus, StatusFile
from app.web import streaming
from app.web.application import create_app
from tests.builders.copier import Copier
from tests.fakes.journal_reader import MemoryJournalReader
from tests.web.conftest import BASE, Site, build_site

DAY = "2026-11-20"


@pytest.fixture
def operator(tmp_path: Path) -> FlaskClient:
    copier = Copier({"S1": "1", "S2": "2.5"})
    copier.primary_places()
    exports = Exports(MemoryJournalReader(copier.journal), tags_of(b"k" * 32))
    built = build_site(tmp_path)
    options = replace(built.options, exports=exports)
    app = create_app(options, built.engine, built.clock)
    return Site(app, built.engine, built.clock, options).operator()


def test_the_overview_says_what_there_is(operator: FlaskClient, tmp_path: Path) -> None:
    told = operator.get("/api/v1/records", base_url=BASE).json
    assert told is not None
    assert told["days"] == [DAY]
    assert told["trade_log"] is None
    status = LogStatus(is_on=True, at=datetime.now(UTC).isoformat(), queued=3, problem="Share it.")
    StatusFile(tmp_path).write(status)
    told = operator.get("/api/v1/records", base_url=BASE).json
    assert told is not None
    assert (told["trade_log"]["queued"], told["trade_log"]["problem"]) == (3, "Share it.")


def test_a_download_is_a_file_with_a_name(operator: FlaskClient) -> None:
    answer = operator.get(f"/api/v1/records/{DAY}/copies.csv", base_url=BASE)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="tandem-{DAY}-copies.csv"'
    assert len(answer.text.splitlines()) == 3
    narrowed = operator.get(f"/api/v1/records/{DAY}/copies.json?account=S2", base_url=BASE).json
    assert narrowed is not None
    assert [row["Account"] for row in narrowed] == ["S2"]


@pytest.mark.parametrize("path", ["yesterday/copies.csv", f"{DAY}/secrets.csv", f"{DAY}/copies.xlsx"])
def test_what_is_not_there_is_said(operator: FlaskClient, path: str) -> None:
    answer = operator.get(f"/api/v1/records/{path}", base_url=BASE)
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["not_done"]


@pytest.mark.parametrize("path", ["", f"/{DAY}/copies.csv", f"/{DAY}/tradebook.json"])
def test_a_journal_that_cannot_be_read_is_said(
    operator: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail(*_: object, **__: object) -> list[object]:
        raise JournalError("The journal could not be read: the disk fails.")

    for name in ("days", "first_of", "read_since"):
        monkeypatch.setattr(MemoryJournalReader, name, fail)
    answer = operator.get(f"/api/v1/records{path}", base_url=BASE)
    assert answer.status_code == 503
    assert "the disk fails" in answer.text


def test_a_long_download_is_whole(operator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = operator.get(f"/api/v1/records/{DAY}/audit.json", base_url=BASE).json
    monkeypatch.setattr(streaming, "_PIECE", 10)
    assert operator.get(f"/api/v1/records/{DAY}/audit.json", base_url=BASE).json == whole


def test_an_account_that_had_nothing_gives_an_empty_table(operator: FlaskClient) -> None:
    assert operator.get(f"/api/v1/records/{DAY}/copies.json?account=XX", base_url=BASE).json == []


def test_records_need_a_session(tmp_path: Path, operator: FlaskClient) -> None:
    visitor = operator.application.test_client()
    assert visitor.get(f"/api/v1/records/{DAY}/copies.csv", base_url=BASE).status_code == 401
