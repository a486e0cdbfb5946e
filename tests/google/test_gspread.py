"""The unmodified gspread drives the stand-in as it drives Google."""

import json
from collections.abc import Iterator
from pathlib import Path

import gspread
import pytest
import requests
from google.auth.exceptions import RefreshError

from app.google.state_file import STATE_FILE
from tests.builders.google import EMAIL, LocalGoogle, google


@pytest.fixture
def local() -> Iterator[LocalGoogle]:
    with google() as running:
        yield running


@pytest.fixture
def book(local: LocalGoogle) -> gspread.Spreadsheet:
    return local.client().open_by_key(local.spreadsheet_id)


def test_a_spreadsheet_is_opened_by_its_key(book: gspread.Spreadsheet, local: LocalGoogle) -> None:
    assert book.title == "Trade log"
    assert [sheet.title for sheet in book.worksheets()] == ["Sheet1"]
    assert book.url.endswith(local.spreadsheet_id)


def test_worksheets_are_added_found_resized_and_deleted(book: gspread.Spreadsheet) -> None:
    added = book.add_worksheet("2026-11-23", rows=5, cols=3)
    added.resize(rows=7, cols=4)
    found = book.worksheet("2026-11-23")
    assert (found.row_count, found.col_count) == (7, 4)
    added.freeze(rows=1)
    book.del_worksheet(found)
    with pytest.raises(gspread.WorksheetNotFound):
        book.worksheet("2026-11-23")


def test_a_title_is_taken_once(book: gspread.Spreadsheet) -> None:
    book.add_worksheet("day", rows=5, cols=3)
    with pytest.raises(gspread.exceptions.APIError, match="already exists"):
        book.add_worksheet("day", rows=5, cols=3)


def test_cells_are_read_as_they_were_written(book: gspread.Spreadsheet) -> None:
    sheet = book.sheet1
    sheet.update([["tag", "units"], ["TC1", 20]], "A1:B2", raw=True)
    assert sheet.get_all_values() == [["tag", "units"], ["TC1", "20"]]
    assert sheet.col_values(1) == ["tag", "TC1"]
    assert sheet.get("A2:B2") == [["TC1", "20"]]


def test_ranges_are_written_together_or_not_at_all(book: gspread.Spreadsheet) -> None:
    sheet = book.sheet1
    sheet.batch_update([{"range": "A1:B1", "values": [["a", "b"]]}, {"range": "A3", "values": [["c"]]}])
    assert sheet.get_all_values() == [["a", "b"], ["", ""], ["c", ""]]
    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        sheet.batch_update([{"range": "A1", "values": [["x"]]}, {"range": "A2000", "values": [["y"]]}])
    assert sheet.acell("A1").value == "a"


def test_rows_are_appended_behind_the_last_one(book: gspread.Spreadsheet) -> None:
    sheet = book.sheet1
    sheet.append_rows([["a"], ["b"]], table_range="A1")
    sheet.append_rows([["c"]], table_range="A1")
    assert sheet.col_values(1) == ["a", "b", "c"]
    sheet.batch_clear(["A2:A2"])
    assert sheet.col_values(1) == ["a", "", "c"]


def test_a_formula_is_executed_only_where_it_is_entered_as_by_a_user(
    book: gspread.Spreadsheet, local: LocalGoogle
) -> None:
    book.sheet1.update([["=1+1"]], "A1", raw=True)
    assert local.cells("Sheet1") == [["=1+1"]]
    book.sheet1.update([["=1+1"]], "A1", raw=False)
    assert local.cells("Sheet1") == [["#ERROR!"]]


def test_what_is_not_shared_is_refused(local: LocalGoogle) -> None:
    local.control("unshare", id=local.spreadsheet_id, email=EMAIL)
    with pytest.raises(PermissionError):
        local.client().open_by_key(local.spreadsheet_id)


def test_what_was_deleted_is_not_found(local: LocalGoogle) -> None:
    local.control("delete", id=local.spreadsheet_id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        local.client().open_by_key(local.spreadsheet_id)


def test_a_revoked_key_gets_no_token(local: LocalGoogle) -> None:
    local.control("revoke", email=EMAIL)
    with pytest.raises(RefreshError, match="account not found"):
        local.client().open_by_key(local.spreadsheet_id)


def test_a_foreign_signature_gets_no_token(local: LocalGoogle) -> None:
    local.key = local.control("accounts", email="other@tests.invalid") | {"client_email": EMAIL}
    with pytest.raises(RefreshError, match="Signature"):
        local.client().open_by_key(local.spreadsheet_id)


def test_a_dead_token_is_renewed_by_the_client_itself(book: gspread.Spreadsheet, local: LocalGoogle) -> None:
    book.sheet1.update([["x"]], "A1")
    local.control("expire-tokens")
    assert book.sheet1.acell("A1").value == "x"


def test_the_quota_is_refused_with_429(book: gspread.Spreadsheet, local: LocalGoogle) -> None:
    sheet = book.sheet1
    local.control("quota", per_user=2)
    sheet.acell("A1")
    sheet.acell("A1")
    with pytest.raises(gspread.exceptions.APIError) as refused:
        sheet.batch_get(["A1"] * 5)
    assert refused.value.response.status_code == 429


def test_people_read_it_as_a_page_and_as_csv(book: gspread.Spreadsheet, local: LocalGoogle) -> None:
    book.sheet1.update([["tag", "reason"], ["TC1", "<b>=1+1</b>"], ["TC2", "=cmd()"], ["TC3", "-5"]], "A1")
    url = f"{local.root}/spreadsheets/d/{local.spreadsheet_id}"
    page = requests.get(url, timeout=5)
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    lines = requests.get(f"{url}/export?format=csv", timeout=5).text.splitlines()
    assert lines == ["tag,reason", "TC1,<b>=1+1</b>", "TC2,'=cmd()", "TC3,-5"]
    assert requests.get(f"{local.root}/spreadsheets/d/none", timeout=5).status_code == 404


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    with google(state_dir=tmp_path) as local:
        sheet = local.client().open_by_key(local.spreadsheet_id).sheet1
        for number in range(5):
            sheet.update([[number]], "A1")
            kept = json.loads((tmp_path / STATE_FILE).read_text())["spreadsheets"][0]["worksheets"][0]
            assert kept["cells"] == [[number]]


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    key_file = tmp_path / "key.json"
    with google(state_dir=tmp_path, key_file=key_file) as first:
        first.client().open_by_key(first.spreadsheet_id).sheet1.update([["kept"]], "A1")
        kept_id, key = first.spreadsheet_id, first.key
    with google(state_dir=tmp_path, key_file=key_file) as second:
        second.spreadsheet_id = kept_id
        assert second.cells("Sheet1") == [["kept"]]
        assert key["client_email"] in second.service.desk.public_keys
    assert key_file.stat().st_mode & 0o077 == 0


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "google.json").write_text("[]")
    with pytest.raises(AssertionError, match="did not start"), google(state_dir=tmp_path):
        pass
    assert (tmp_path / "google.json").read_text() == "[]"
