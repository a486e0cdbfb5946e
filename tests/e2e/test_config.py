"""The configuration in Chromium over the whole program: text, rail, uploads, a save elsewhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.builders.browser import Screen
from tests.builders.eventually import eventually
from tests.e2e.desk import PATIENCE_S, Desk, desk, line
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


def _multiplier_is(paper: Desk, account: str, multiplier: str) -> None:
    eventually(
        lambda: paper.run.snapshot()["accounts"][account]["multiplier"] == multiplier,
        timeout_s=PATIENCE_S,
        what=f"{account} ×{multiplier}",
    )


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


def test_a_multiplier_written_in_the_text_is_used_by_the_next_copy(paper: Desk, screen: Screen) -> None:
    page = screen.page
    secrets = [row["cred2"] for row in json.loads(_on_disk(paper).read_text())]
    before = _shown(paper)
    assert not any(secret in before for secret in secrets)
    _write(
        page,
        re.sub(r'("account_id": "PA0002".*?"ps_multiplier": )[\d.]+', r"\g<1>3", before, flags=re.DOTALL),
    )
    page.get_by_role("button", name="Review changes").click()
    dialog = page.get_by_role("dialog")
    save = dialog.get_by_role("button", name=f"Save {ACCOUNTS}")
    expect(save).to_be_enabled()
    assert faults(page, is_stop_in_reach=False) == []
    save.click()
    expect(dialog).to_have_count(0)
    _multiplier_is(paper, "PA0002", "3")
    assert [row["cred2"] for row in json.loads(_on_disk(paper).read_text())] == secrets
    assert _copied(paper, page, "TCS") == {"PA0002": 12, "PA0003": 10, "PA0004": 2}


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
    page.get_by_role("button", name="Discard").click()
    assert _on_disk(paper).read_bytes() == before


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (FilePayload(name="big.json", mimeType="application/json", buffer=b" " * 5_000_000), "5 MB"),
        (FilePayload(name="photo.json", mimeType="application/json", buffer=b"\x89PNG\0\0\r\n"), "binary"),
        (FilePayload(name="old.json", mimeType="application/json", buffer=b'{"name": "caf\xe9"}'), "UTF-8"),
    ],
)
def test_an_upload_that_is_no_configuration_is_refused_in_words(
    paper: Desk, screen: Screen, file: FilePayload, words: str
) -> None:
    page = screen.page
    before = _on_disk(paper).read_bytes()
    page.locator("input[type=file]").first.set_input_files(files=[file])
    expect(page.get_by_text(f"{file['name']} was not taken").first).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=f"{file['name']} was not taken")).to_contain_text(
        words
    )
    expect(_editor(page)).to_contain_text("ps_multiplier")
    expect(page.get_by_role("button", name="Review changes")).to_be_disabled()
    assert _on_disk(paper).read_bytes() == before


def test_a_save_by_another_editor_is_noticed_and_not_overwritten(paper: Desk, screen: Screen) -> None:
    page = screen.page
    _write(page, _shown(paper).replace('"Paper one to one"', '"Mine"'))
    expect(page.get_by_role("button", name="Review changes")).to_be_enabled()
    theirs = _on_disk(paper).read_text().replace('"Paper half"', '"Theirs"')
    draft = _on_disk(paper).with_suffix(".draft")
    draft.write_text(theirs)
    draft.replace(_on_disk(paper))
    page.get_by_role("button", name="Review changes").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("Somebody else saved this file meanwhile.")
    expect(dialog.get_by_role("button", name=f"Save {ACCOUNTS}")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tab", name=ACCOUNTS).get_by_text("changed elsewhere")).to_be_visible()
    assert _on_disk(paper).read_text() == theirs
    assert faults(page) == []
