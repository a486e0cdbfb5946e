"""The trade log through the real gspread: every fault that Google knows, each row exactly once."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import gspread
import pytest
import requests

from app.adapters.sheets import session
from app.adapters.sheets.key_file import read_key
from app.adapters.sheets.refusals import said
from app.adapters.sheets.sheet_trade_log import SheetTradeLog
from app.google.faults import FaultKind
from app.ports.trade_log import LogRow, Sheet, TradeLogRefusedError, TradeLogUnavailableError
from app.records.rows import COLUMNS
from app.records.trade_logger import MOST_ROWS
from tests.builders.eventually import eventually
from tests.builders.google import EMAIL, LocalGoogle, google

DAY = Sheet("2026-11-23", ("Tag", "State", "Quantity"))


def rows(*keys: str, state: str = "OPEN") -> list[LogRow]:
    return [LogRow(key, (key, state, 20)) for key in keys]


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalGoogle]:
    monkeypatch.setattr(session, "TIMEOUT_S", (1.0, 0.5))
    with google() as running:
        yield running


@pytest.fixture
def log(local: LocalGoogle) -> SheetTradeLog:
    return SheetTradeLog(local.key, local.spreadsheet_id, api_root=local.root)


def written(local: LocalGoogle) -> list[list[object]]:
    return local.cells(DAY.title)


def insist(log: SheetTradeLog, wanted: Sequence[LogRow]) -> int:
    """Write until it is written, and return how often that failed."""
    for failures in range(20):
        try:
            log.write(DAY, wanted)
        except TradeLogUnavailableError:
            continue
        return failures
    raise AssertionError("It was never written.")


def test_a_sheet_is_made_with_its_header(log: SheetTradeLog, local: LocalGoogle) -> None:
    assert log.write(DAY, rows("TC1", "TC2"))
    assert written(local) == [list(DAY.header), ["TC1", "OPEN", 20], ["TC2", "OPEN", 20]]
    assert not log.write(DAY, rows("TC3"))


def test_a_known_key_is_written_over(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1", "TC2"))
    log.write(DAY, rows("TC3", "TC1", state="FILLED"))
    assert written(local)[1:] == [["TC1", "FILLED", 20], ["TC2", "OPEN", 20], ["TC3", "FILLED", 20]]


def test_another_writer_finds_the_rows_again(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1"))
    again = SheetTradeLog(local.key, local.spreadsheet_id, api_root=local.root)
    again.write(DAY, rows("TC1", "TC2"))
    assert len(written(local)) == 3


def test_a_person_may_sort_the_rows(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1", "TC2", "TC3"))
    local.control("sort", id=local.spreadsheet_id, worksheet=DAY.title, column=1, is_reversed=True)
    log.write(DAY, rows("TC1", state="FILLED"))
    assert written(local)[1:] == [["TC3", "OPEN", 20], ["TC2", "OPEN", 20], ["TC1", "FILLED", 20]]


def test_nothing_in_a_cell_is_executed(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1", state='=IMPORTXML("http://x")'))
    assert written(local)[1][1] == '=IMPORTXML("http://x")'


def test_a_sheet_grows(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows(*(f"TC{number}" for number in range(2_500))))
    assert len(written(local)) == 2_501


@pytest.mark.parametrize("kind", list(FaultKind))
@pytest.mark.parametrize("group", ["read", "write"])
def test_a_fault_leaves_each_row_once(
    log: SheetTradeLog, local: LocalGoogle, kind: FaultKind, group: str
) -> None:
    log.write(DAY, rows("TC1", "TC2"))
    local.control("faults", kind=kind, group=group, count=2, delay_s=0.05)
    insist(log, rows("TC2", "TC3", state="FILLED"))
    expected = [["TC1", "OPEN", 20], ["TC2", "FILLED", 20], ["TC3", "FILLED", 20]]
    eventually(lambda: written(local)[1:] == expected)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_a_fault_while_the_sheet_is_made_leaves_each_row_once(
    log: SheetTradeLog, local: LocalGoogle, kind: FaultKind
) -> None:
    local.control("faults", kind=kind, count=3, delay_s=0.02)
    insist(log, rows("TC1", "TC2"))
    assert written(local) == [list(DAY.header), ["TC1", "OPEN", 20], ["TC2", "OPEN", 20]]


def test_a_missing_token_is_waited_for(log: SheetTradeLog, local: LocalGoogle) -> None:
    local.control("faults", kind="503_before", group="token", count=None)
    with pytest.raises(TradeLogUnavailableError):
        log.write(DAY, rows("TC1"))
    local.control("clear-faults")
    log.write(DAY, rows("TC1"))


def test_the_quota_is_waited_for(log: SheetTradeLog, local: LocalGoogle) -> None:
    local.control("quota", per_user=0)
    with pytest.raises(TradeLogUnavailableError, match="quota"):
        log.write(DAY, rows("TC1"))


def test_a_sheet_that_is_not_shared_names_the_address(log: SheetTradeLog, local: LocalGoogle) -> None:
    local.control("unshare", id=local.spreadsheet_id, email=EMAIL)
    with pytest.raises(TradeLogRefusedError, match=f"not shared with {EMAIL}"):
        log.write(DAY, rows("TC1"))
    local.control("share", id=local.spreadsheet_id, email=EMAIL)
    log.write(DAY, rows("TC1"))


def test_a_sheet_deleted_in_mid_day_is_told_of(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1"))
    local.control("delete", id=local.spreadsheet_id)
    with pytest.raises(TradeLogRefusedError, match="does not exist"):
        log.write(DAY, rows("TC2"))


def test_a_worksheet_deleted_in_mid_day_is_made_again(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1"))
    book = local.client().open_by_key(local.spreadsheet_id)
    book.del_worksheet(book.worksheet(DAY.title))
    insist(log, rows("TC2"))
    assert written(local)[1:] == [["TC2", "OPEN", 20]]


def test_a_foreign_header_is_not_written_over(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1"))
    local.control("write", id=local.spreadsheet_id, range=f"'{DAY.title}'!B1", values=[["Mood"]])
    with pytest.raises(TradeLogRefusedError, match="column 2 is 'Mood'"):
        log.write(DAY, rows("TC1", state="FILLED"))
    assert written(local)[1] == ["TC1", "OPEN", 20]
    local.control("write", id=local.spreadsheet_id, range=f"'{DAY.title}'!B1", values=[["State"]])
    log.write(DAY, rows("TC1", state="FILLED"))


def test_columns_of_a_person_to_the_right_are_left_alone(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1"))
    local.client().open_by_key(local.spreadsheet_id).worksheet(DAY.title).resize(cols=6)
    local.control("write", id=local.spreadsheet_id, range=f"'{DAY.title}'!E1", values=[["Mood"], ["good"]])
    log.write(DAY, rows("TC2", "TC1", state="FILLED"))
    assert written(local) == [
        [*DAY.header, "", "Mood"],
        ["TC1", "FILLED", 20, "", "good"],
        ["TC2", "FILLED", 20],
    ]


def test_a_row_that_a_person_copied_stays_his(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(DAY, rows("TC1"))
    local.control("write", id=local.spreadsheet_id, range=f"'{DAY.title}'!A3", values=[["TC1", "mine"]])
    log.write(DAY, rows("TC1", "TC2", state="FILLED"))
    assert written(local)[1:] == [["TC1", "FILLED", 20], ["TC1", "mine"], ["TC2", "FILLED", 20]]


def test_a_full_spreadsheet_says_what_to_do() -> None:
    answer = requests.Response()
    answer.status_code = 400
    text = "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
    answer._content = json.dumps({"error": {"code": 400, "message": text}}).encode()
    told = said(gspread.exceptions.APIError(answer), EMAIL)
    assert isinstance(told, TradeLogRefusedError)
    assert f"Make a new one, share it with {EMAIL}" in str(told)


def test_an_older_shorter_header_is_completed(log: SheetTradeLog, local: LocalGoogle) -> None:
    log.write(Sheet(DAY.title, DAY.header[:2]), [LogRow("TC1", ("TC1", "OPEN"))])
    log.write(DAY, rows("TC1"))
    assert written(local) == [list(DAY.header), ["TC1", "OPEN", 20]]


def test_a_revoked_key_is_told_of(log: SheetTradeLog, local: LocalGoogle) -> None:
    local.control("revoke", email=EMAIL)
    with pytest.raises(TradeLogRefusedError, match=r"no token .*account not found"):
        log.write(DAY, rows("TC1"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "no such file"),
        ("{", "not JSON"),
        ('{"type": "authorized_user"}', "not the key of a service account"),
        ('{"type": "service_account", "client_email": "a@b"}', "lacks private_key, token_uri"),
    ],
)
def test_a_wrong_key_file_is_refused_with_what_to_do(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(TradeLogRefusedError, match=f"{why}.*Add key"):
        read_key(path)


def test_a_key_without_a_private_key_is_refused(local: LocalGoogle) -> None:
    with pytest.raises(TradeLogRefusedError, match="private key cannot be used"):
        SheetTradeLog(local.key | {"private_key": "none"}, "x", api_root=local.root)


def test_a_row_of_real_width_fits(log: SheetTradeLog, local: LocalGoogle) -> None:
    wide = Sheet("2026-11-24", COLUMNS)
    log.write(wide, [LogRow("TC1", ("TC1", *("x" for _ in COLUMNS[1:])))])
    assert [len(row) for row in local.cells(wide.title)] == [len(COLUMNS)] * 2
    about = {one.title: one for one in local.service.spreadsheets[local.spreadsheet_id].worksheets}
    assert about[wide.title].frozen_rows == 1


def test_an_hours_rows_take_few_requests(log: SheetTradeLog, local: LocalGoogle) -> None:
    wanted = rows(*(f"TC{number}" for number in range(5_000)))
    for first in range(0, 5_000, MOST_ROWS):
        log.write(DAY, wanted[first : first + MOST_ROWS])
    asked = [one for one in local.service.asked if one.group in {"read", "write"}]
    assert len(written(local)) == 5_001
    assert len(asked) <= 12, [one.what for one in asked]
