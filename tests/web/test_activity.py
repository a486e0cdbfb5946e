"""Activity over HTTP: pages, filters, the file, refusals."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.domain.events import AlertRaised
from app.domain.ids import AccountId, OrderId
from app.ports.journal import JournalError
from app.records.exports import Exports
from app.records.rows import tags_of
from app.web.application import create_app
from tests.builders import shown_rows
from tests.fakes.journal import MemoryJournal
from tests.fakes.journal_reader import MemoryJournalReader
from tests.web.conftest import BASE, Site, build_site

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    journal = MemoryJournal()
    account = AccountId("AB1234")
    journal.append(
        [
            AlertRaised(text="one", account_id=account, order_id=OrderId("2511")),
            AlertRaised(text="=two"),
            AlertRaised(text="three"),
        ],
        day=FRIDAY,
    )
    exports = Exports(MemoryJournalReader(journal), tags_of(b"k" * 32))
    built = build_site(tmp_path)
    built.engine.show(accounts={"AB1234": shown_rows.account("AB1234", name="Meera")})
    options = replace(built.options, exports=exports)
    return Site(create_app(options, built.engine, built.clock), built.engine, built.clock, options)


@pytest.fixture
def operator(site: Site) -> FlaskClient:
    return site.operator()


def test_it_is_told_newest_first_and_page_by_page(operator: FlaskClient) -> None:
    page = operator.get("/api/v1/activity?limit=2", base_url=BASE).json
    assert page is not None
    assert [item["text"] for item in page["items"]] == ["three", "=two"]
    assert (page["last_seq"], page["next_before"]) == (3, 2)
    page = operator.get("/api/v1/activity?before=2", base_url=BASE).json
    assert page is not None
    (item,) = page["items"]
    assert item | {"at": ""} == {
        "seq": 1,
        "at": "",
        "who": "engine",
        "level": "problem",
        "text": "Meera: one",
        "account_id": "AB1234",
        "order_id": "2511",
    }
    assert page["next_before"] is None


def test_it_is_filtered(operator: FlaskClient) -> None:
    for query, seqs in (
        ("account=AB1234", [1]),
        ("after=2", [3]),
        ("day=2026-11-20&level=problem", [3, 2, 1]),
        ("day=2026-11-21", []),
    ):
        page = operator.get(f"/api/v1/activity?{query}", base_url=BASE).json
        assert page is not None
        assert [item["seq"] for item in page["items"]] == seqs, query


def test_the_file_is_a_day_with_harmless_cells(operator: FlaskClient) -> None:
    for query in ("", "?day=2026-11-20"):
        answer = operator.get(f"/api/v1/activity.csv{query}", base_url=BASE)
        assert answer.status_code == 200
        assert (
            answer.headers["Content-Disposition"] == 'attachment; filename="tandem-2026-11-20-activity.csv"'
        )
        lines = answer.text.splitlines()
        assert [line.rsplit(",", 1)[1] for line in lines] == ["text", "Meera: one", "'=two", "three"]
    assert len(operator.get("/api/v1/activity.csv?account=AB1234", base_url=BASE).text.splitlines()) == 2


@pytest.mark.parametrize(
    "query",
    ["day=yesterday", "level=loud", "after=-1", "before=1e9", f"limit={quote('²')}", f"after={'9' * 30}"],
)
def test_nonsense_is_refused(operator: FlaskClient, query: str) -> None:
    answer = operator.get(f"/api/v1/activity?{query}", base_url=BASE)
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "malformed")


def test_a_journal_that_cannot_be_read_is_said(
    operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise JournalError("The disk is gone.")

    for name in ("days", "first_of", "last_of", "read_before", "read_since"):
        monkeypatch.setattr(MemoryJournalReader, name, fail)
    for path in ("activity", "activity.csv"):
        answer = operator.get(f"/api/v1/{path}", base_url=BASE)
        assert (answer.status_code, (answer.json or {})["error"]) == (503, "journal_unreadable")


def test_nobody_reads_it_without_a_session(site: Site) -> None:
    assert site.visitor().get("/api/v1/activity", base_url=BASE).status_code == 401


def test_before_the_engine_was_heard_accounts_go_by_their_ids(site: Site, operator: FlaskClient) -> None:
    site.engine.never_heard()
    page = operator.get("/api/v1/activity?before=2", base_url=BASE).json
    assert page is not None
    assert page["items"][0]["text"] == "AB1234: one"
