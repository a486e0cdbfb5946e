"""Config in Chromium over the whole program: how it stands at every size, and a multiplier from the rail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.builders.browser import Screen
from tests.e2e.desk import Desk, desk, line
from tests.e2e.judging import faults

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

ACCOUNTS = "accounts_config.json"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("data")) as paper:
        paper.hold()
        yield paper


@pytest.fixture
def screen(paper: Desk, browser: Browser) -> Iterator[Screen]:
    screen = paper.open(browser, path="/config")
    expect(_editor(screen.page)).to_contain_text("ps_multiplier")
    yield screen
    assert screen.complaints() == []
    screen.close()


def _editor(page: Page) -> Any:
    return page.locator(".cm-content:visible")


def _write(page: Page, text: str) -> None:
    """Type a whole text over that in the editor."""
    _editor(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def _shown(paper: Desk) -> str:
    """Return the accounts' file as the page gets it, secrets masked."""
    answer = paper.run.sign_in().get(f"{paper.run.url}/api/v1/config", timeout=20)
    return next(str(file["text"]) for file in answer.json()["files"] if file["name"] == ACCOUNTS)


def _on_disk(paper: Desk) -> Path:
    return paper.run.data / "paper" / "config" / ACCOUNTS


def _copied(paper: Desk, page: Page, symbol: str) -> dict[str, int]:
    """Copy a new order of 4 by ticking it; return the quantity that each account asked for."""
    page.get_by_role("link", name="Orders").click()
    order_id = paper.place(symbol)
    expect(line(page, order_id)).to_contain_text("Tick to copy")
    line(page, order_id).get_by_role("checkbox").check()
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_role("button", name="Send 3 orders").click()
    copies = paper.settled(order_id)
    assert len(paper.placed(copies)) == len(copies)
    return {row["account"]: int(row["params"]["quantity"]) for row in paper.placed(copies)}


@pytest.mark.parametrize("size", ["1600", "1366", "390"])
def test_the_page_with_its_dialogs(paper: Desk, browser: Browser, size: str) -> None:
    screen = paper.open(browser, size, "/config")
    page = screen.page
    expect(page.get_by_text("ps_multiplier").first).to_be_visible()
    assert faults(page) == []
    if size == "1600":
        page.get_by_role("button", name="History").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults(page, is_stop_in_reach=False) == []
        page.keyboard.press("Escape")
    assert screen.complaints() == []
    screen.close()


def test_a_multiplier_changed_in_the_rail_is_asked_about_and_used(paper: Desk, screen: Screen) -> None:
    page = screen.page
    page.get_by_role("link", name="Orders").click()
    page.get_by_role("button", name="Multiplier of Paper half").click()
    page.get_by_role("textbox", name="Multiplier of Paper half").fill("1.5")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Use ×1.5").click()
    expect(page.get_by_role("button", name="Multiplier of Paper half: ×1.5")).to_be_visible()
    assert _copied(paper, page, "SBIN")["PA0004"] == 6


def test_a_text_that_is_wrong_is_told_at_its_line_and_cannot_be_saved(paper: Desk, screen: Screen) -> None:
    page = screen.page
    before = _on_disk(paper).read_bytes()
    _write(page, _shown(paper).replace('"ps_multiplier": 2.5', '"ps_multiplier": -1'))
    expect(page.get_by_role("status").filter(has_text="problem")).to_be_visible()
    expect(page.get_by_role("button", name="Review changes")).to_be_disabled()
    assert faults(page) == []
    _write(page, _shown(paper).replace('"ps_multiplier": 2.5', '"ps_multiplier": 4'))
    page.get_by_role("button", name="Review changes").click()
    expect(page.get_by_role("dialog").get_by_role("button", name=f"Save {ACCOUNTS}")).to_be_enabled()
    assert faults(page, is_stop_in_reach=False) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    assert _on_disk(paper).read_bytes() == before
