"""Each fault by name: whether the request was carried out, and what the client sees of it."""

from collections.abc import Iterator

import gspread
import pytest
import requests
from google.auth.exceptions import TransportError

from app.google.faults import FaultKind
from tests.builders.eventually import eventually
from tests.builders.google import LocalGoogle, google


@pytest.fixture
def local() -> Iterator[LocalGoogle]:
    with google() as running:
        yield running


BEFORE = ("quota_429", "quota_403", "503_before", "502_html_before", "reset_before", "hang")
AFTER = ("503_after", "502_html_after", "reset_after", "truncated")


def written(local: LocalGoogle, kind: str) -> list[list[object]]:
    """Let a write meet a fault, and return what the worksheet holds then."""
    sheet = local.client().open_by_key(local.spreadsheet_id).sheet1
    local.control("faults", kind=kind, group="write", delay_s=0.05)
    with pytest.raises((gspread.exceptions.APIError, requests.RequestException, TransportError)):
        sheet.update([["x"]], "A1")
    return local.cells("Sheet1")


@pytest.mark.parametrize("kind", BEFORE)
def test_nothing_is_written(local: LocalGoogle, kind: str) -> None:
    assert written(local, kind) == []


@pytest.mark.parametrize("kind", AFTER)
def test_it_is_written_although_the_answer_is_lost(local: LocalGoogle, kind: str) -> None:
    assert written(local, kind) == [["x"]]


def test_it_is_written_later(local: LocalGoogle) -> None:
    written(local, "late")
    eventually(lambda: local.cells("Sheet1") == [["x"]])


def test_a_token_refused_once_is_asked_for_again(local: LocalGoogle) -> None:
    sheet = local.client().open_by_key(local.spreadsheet_id).sheet1
    local.control("faults", kind="401", group="write")
    sheet.update([["x"]], "A1")
    assert local.cells("Sheet1") == [["x"]]


def test_every_fault_was_tried() -> None:
    assert {*BEFORE, *AFTER, "late", "401"} == set(FaultKind)


def test_a_fault_befalls_as_many_requests_as_it_says(local: LocalGoogle) -> None:
    local.control("faults", kind="503_before", group="read", count=2)
    client = local.client()
    for _ in range(2):
        with pytest.raises(gspread.exceptions.APIError):
            client.open_by_key(local.spreadsheet_id)
    assert client.open_by_key(local.spreadsheet_id).title == "Trade log"


def test_an_unknown_fault_is_refused_with_a_sentence(local: LocalGoogle) -> None:
    answer = requests.post(f"{local.root}/control/faults", json={"kind": "rain"}, timeout=5)
    assert answer.status_code == 400
    assert "Nothing was done" in answer.json()["message"]


def test_what_was_asked_is_told(local: LocalGoogle) -> None:
    local.client().open_by_key(local.spreadsheet_id)
    asked = requests.get(f"{local.root}/control/asked", timeout=5).json()
    assert [one["group"] for one in asked] == ["token", "read"]
    assert asked[-1]["answer"] == "200"
