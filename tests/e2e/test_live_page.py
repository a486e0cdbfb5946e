"""The live page in real Chromium over the whole program: sign in, watch, stop, tick, and outlive a crash."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders.browser import Screen, chromium
from tests.builders.tandem import Tandem, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    with tandem(tmp_path_factory.mktemp("data"), "--paper") as run:
        yield run.wait_ready()


@pytest.fixture
def screen(paper: Tandem) -> Iterator[Screen]:
    """Open the page through a fresh one-time link; whatever it complains about fails the test."""
    link = paper.command("sign-in", "--paper").stdout.strip()
    with chromium() as screen:
        screen.page.goto(link)
        yield screen
        assert screen.complaints() == []


def _place(paper: Tandem, symbol: str) -> str:
    params = {
        "exchange": "NSE",
        "tradingsymbol": symbol,
        "transaction_type": "BUY",
        "quantity": "4",
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
    }
    return str(paper.control("POST", "/orders", {"user_id": "PA0001", "params": params})["order_id"])


def test_copies_appear_without_a_reload(paper: Tandem, screen: Screen) -> None:
    order_id = _place(paper, "HDFCBANK")
    body = screen.page.locator("tbody", has_text=order_id)
    expect(body.get_by_text("Filled")).to_have_count(3)
    expect(body.get_by_text("10 / 10")).to_be_visible()
    expect(body.get_by_text("2 / 2")).to_be_visible()


def test_todays_records_can_be_taken_away(paper: Tandem, screen: Screen) -> None:
    order_id = _place(paper, "TCS")
    page = screen.page
    expect(page.locator("tbody", has_text=order_id).get_by_text("Filled")).to_have_count(3)
    expect(page.locator("#trade-log")).to_have_text("Trade log: off")
    with page.expect_download() as begun:
        page.locator("#downloads").get_by_role("link", name="copies").click()
    header, *rows = begun.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("Tag,Trade date")
    assert sum(order_id in row for row in rows) == 3


def test_the_link_is_gone_from_the_address(screen: Screen) -> None:
    expect(screen.page.locator("#mode")).not_to_have_text("Unknown")
    assert "#" not in screen.page.url


def test_looking_now_is_one_click_and_says_what_is_read(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Look now").click()
    expect(screen.page.locator("#notice")).to_contain_text("4 of 4 order lists are being read")


def test_stop_is_one_click_and_resuming_asks(paper: Tandem, screen: Screen) -> None:
    page = screen.page
    page.get_by_role("button", name="Stop copying").click()
    expect(page.locator("#mode")).to_contain_text("Stopped")
    assert paper.snapshot()["status"]["is_stopped"]
    page.get_by_role("button", name="Resume copying").click()
    page.locator("#question-go").click()
    expect(page.locator("#mode")).not_to_contain_text("Stopped")


def test_a_held_order_is_copied_once_it_is_ticked_and_confirmed(paper: Tandem, screen: Screen) -> None:
    page = screen.page
    page.get_by_role("button", name="Hold new orders").click()
    expect(page.locator("#mode")).to_contain_text("Holding")
    order_id = _place(paper, "AXISBANK")
    body = page.locator("tbody", has_text=order_id)
    expect(body.get_by_text("Held")).to_have_count(3)
    body.get_by_role("checkbox").check()
    page.locator("#copy").click()
    expect(page.locator("#question button[value=cancel]")).to_be_focused()
    page.locator("#question-go").click()
    expect(body.get_by_text("Filled")).to_have_count(3)
    page.get_by_role("button", name=re.compile("Copy new orders at once")).click()
    page.locator("#question-go").click()
    expect(page.locator("#mode")).to_contain_text("Copying at once")


def test_a_killed_web_process_freezes_the_page_until_it_catches_up(paper: Tandem, screen: Screen) -> None:
    page = screen.page
    expect(page.locator("#banner")).to_be_hidden()
    os.kill(paper.programs()["web"], signal.SIGKILL)
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#mode")).to_have_text("Unknown")
    order_id = _place(paper, "ICICIBANK")
    expect(page.locator("tbody", has_text=order_id).get_by_text("Filled")).to_have_count(3)
    expect(page.locator("#banner")).to_be_hidden()


def test_a_phone_can_stop_too(paper: Tandem, tmp_path: Path) -> None:
    link = paper.command("sign-in", "--paper").stdout.strip()
    with chromium(390, 844) as phone:
        phone.page.goto(link)
        expect(phone.page.locator("#mode")).not_to_have_text("Unknown")
        box = phone.page.get_by_role("button", name="Stop copying").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        phone.page.screenshot(path=tmp_path / "phone.png")
