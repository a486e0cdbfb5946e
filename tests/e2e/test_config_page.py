"""The Config page in a real browser on a running Tandem: its editor, its saves, and the saves of others."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders.browser import Screen, chromium
from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

FILE = "accounts_config.json"
SECRETS = re.compile(r"paper(key|token|secret)")


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Tandem]:
    with tandem(tmp_path, "--paper") as run:
        yield run.wait_ready()


@pytest.fixture
def screen(paper: Tandem) -> Iterator[Screen]:
    link = paper.command("sign-in", "--paper").stdout.strip()
    with chromium(1600, 1000) as screen:
        screen.page.goto(link)
        screen.page.wait_for_url(f"{paper.url}/")
        screen.page.get_by_role("link", name="Config").click()
        expect(text_of(screen.page)).to_contain_text("PA0004")
        yield screen
        assert screen.complaints() == []


def text_of(page: Page) -> Any:
    return page.locator(".cm-content")


def file_of(paper: Tandem) -> Path:
    return paper.data / "paper" / "config" / FILE


def review_and_save(page: Page) -> None:
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name=f"Save {FILE}").click()
    expect(page.get_by_text("Saved; new orders use it").first).to_be_visible()


def test_a_multiplier_typed_into_the_text_is_what_the_next_copy_uses(paper: Tandem, screen: Screen) -> None:
    before = file_of(paper).read_text()
    page = screen.page
    page.locator(".cm-line", has_text='"ps_multiplier": 2.5').dblclick(position={"x": 10, "y": 5})
    page.keyboard.press("End")
    for _ in range(4):
        page.keyboard.press("Backspace")
    page.keyboard.type("3.0,")
    expect(page.get_by_label("Multiplier of Paper two and a half")).to_have_value("3.0")
    review_and_save(page)
    assert file_of(paper).read_text() == before.replace('"ps_multiplier": 2.5', '"ps_multiplier": 3.0')
    eventually(lambda: paper.snapshot()["accounts"]["PA0003"]["multiplier"] == "3", timeout_s=30)
    bought = {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "quantity": "10",
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
    }
    paper.control("POST", "/orders", {"user_id": "PA0001", "params": bought})
    eventually(lambda: quantities(paper).get("PA0003") == 30, timeout_s=30, what="the copy of three times")


def quantities(paper: Tandem) -> dict[str, int]:
    return {copy["account_id"]: copy["quantity"] for copy in paper.snapshot()["copies"].values()}


def test_edits_and_a_save_of_another_are_merged_and_neither_is_lost(paper: Tandem, screen: Screen) -> None:
    page, path = screen.page, file_of(paper)
    page.get_by_label("Multiplier of Paper half").fill("0.75")
    path.write_text(path.read_text().replace('"Paper one to one"', '"Mother"'))
    expect(page.get_by_text("Somebody else saved this file while you edit it")).to_be_visible()
    expect(page.get_by_role("button", name="Review changes")).to_be_disabled()
    page.get_by_role("button", name="Merge…").click()
    page.get_by_role("button", name="Put into the editor").click()
    review_and_save(page)
    entries = {entry["account_id"]: entry for entry in json.loads(path.read_text())}
    assert (entries["PA0002"]["name"], entries["PA0004"]["ps_multiplier"]) == ("Mother", 0.75)


def test_no_secret_reaches_the_page_and_none_is_lost_by_a_save(paper: Tandem, screen: Screen) -> None:
    page, before = screen.page, json.loads(file_of(paper).read_text())
    assert SECRETS.search(json.dumps(before))
    page.get_by_role("button", name="More of Paper half").click()
    expect(page.get_by_label("Access token")).to_have_value("••••0004")
    page.get_by_label("Name", exact=True).fill("Half")
    review_and_save(page)
    page.get_by_role("button", name="History").click()
    expect(page.get_by_label("Against the file now")).to_contain_text('"name": "Half"')
    assert not SECRETS.search(page.content())
    before[3]["name"] = "Half"
    assert json.loads(file_of(paper).read_text()) == before


def test_a_file_too_large_or_not_text_is_refused_with_words(
    paper: Tandem, screen: Screen, tmp_path: Path
) -> None:
    page, before = screen.page, text_of(screen.page).inner_text()
    for content, words in (
        (b" " * 5_000_000, "more than 1 MB is not taken"),
        (b'["\xe9"]', "is not UTF-8 text"),
    ):
        upload = tmp_path / "upload.json"
        upload.write_bytes(content)
        page.locator("input[type=file]").set_input_files(upload)
        expect(page.get_by_text(words).first).to_be_visible()
    assert text_of(page).inner_text() == before
    expect(page.get_by_role("button", name="Review changes")).to_be_disabled()


def test_unsaved_edits_are_not_left_behind_unasked(paper: Tandem, screen: Screen) -> None:
    page = screen.page
    page.get_by_label("Multiplier of Paper half").fill("0.75")
    page.go_back()
    expect(page.get_by_role("dialog")).to_contain_text("Leave with unsaved edits?")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Multiplier of Paper half")).to_have_value("0.75")
    page.get_by_role("link", name="Positions").click()
    page.get_by_role("button", name="Leave without saving").click()
    page.wait_for_url(f"{paper.url}/positions")
