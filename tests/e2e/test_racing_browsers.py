"""Browsers racing for the same held copy, double clicks and lost answers: each copy is one order, always."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.builders import shown_rows as rows
from tests.builders.browser import Screen
from tests.e2e.desk import SECONDARIES, Desk, desk, line

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

RACES, AT_A_TIME = 50, 10
SYMBOLS = ("HDFCBANK", "TCS", "INFY", "SBIN", "ITC")
_CLICK_AT = "(button, at) => void setTimeout(() => button.click(), at - Date.now())"
_RUN_UP_MS = 60.0
"""So long before both clicks they are asked for: each page then clicks by its own clock."""


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("data")) as paper:
        for account in ("PA0001", *SECONDARIES):
            paper.run.control("PUT", f"/accounts/{account}", {"cash": "100000000"})
        paper.hold()
        yield paper


@pytest.fixture
def screens(paper: Desk, browser: Browser) -> Iterator[tuple[Screen, Screen]]:
    """Open two browsers that share nothing, each with a session of its own."""
    with ExitStack() as stack:
        pair = (paper.open(browser), paper.open(browser))
        for screen in pair:
            stack.callback(screen.close)
        yield pair
        assert [screen.complaints() for screen in pair] == [[], []]


def _prepare(page: Page, order_id: str) -> Locator:
    """Tick the order, open its preview, and return the button that sends it."""
    expect(line(page, order_id)).to_contain_text("Tick to copy")
    line(page, order_id).get_by_role("checkbox").check()
    page.keyboard.press("c")
    go = page.get_by_role("dialog").get_by_role("button", name=re.compile("^Send 3"))
    expect(go).to_be_enabled()
    return go


def _put_away(page: Page) -> None:
    """Close what a refusal left open, and take the ticks away."""
    expect(page.get_by_role("button", name="Sending…")).to_have_count(0)
    dialog = page.get_by_role("dialog")
    if dialog.count():
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    clear = page.get_by_role("button", name="Clear")
    if clear.count():
        clear.click()


def _commands(page: Page) -> list[dict[str, Any]]:
    """Return what the page will have sent as copy commands: the list grows."""
    sent: list[dict[str, Any]] = []

    def hear(request: Request) -> None:
        if request.url.endswith("/api/v1/copies"):
            sent.append(json.loads(request.post_data or ""))

    page.on("request", hear)
    return sent


def _preview_at_once(route: Route) -> None:
    """Answer without prices and funds: Kite lets those be read once a second, and they are not raced for."""
    (order_id,) = json.loads(route.request.post_data or "")["orders"]
    order = {**rows.a_preview()["orders"][0], "order_id": order_id}
    copies = [
        {
            **rows.a_preview()["copies"][0],
            "copy_id": f"{order_id}:{account_id}",
            "order_id": order_id,
            "account_id": account_id,
        }
        for account_id in SECONDARIES
    ]
    route.fulfill(json=rows.a_preview(order_count=3, orders=[order], copies=copies, accounts=[]))


def _is_one_order_each(paper: Desk, orders: list[str], placed_before: int) -> None:
    copies = paper.settled(*orders)
    requests = paper.placed(copies)
    assert len(requests) == len(copies) == len(orders) * len(SECONDARIES)
    assert len({row["tag"] for row in requests}) == len(copies)
    assert paper.placed_in_all() - placed_before == len(copies)


def test_two_browsers_racing_for_the_same_copies_make_one_order_each(
    paper: Desk, screens: tuple[Screen, Screen]
) -> None:
    pages = [screen.page for screen in screens]
    commands = [_commands(page) for page in pages]
    for page in pages:
        page.route("**/api/v1/previews", _preview_at_once)
    before = paper.placed_in_all()
    orders: list[str] = []
    for number in range(RACES):
        if number % AT_A_TIME == 0:
            orders += [paper.place(SYMBOLS[each % len(SYMBOLS)], quantity=2) for each in range(AT_A_TIME)]
        order_id = orders[number]
        buttons = [_prepare(page, order_id) for page in pages]
        at = pages[0].evaluate("Date.now()") + _RUN_UP_MS
        for button in buttons:
            button.evaluate(_CLICK_AT, at)
        for page in pages:
            # Who came second is told so on the row.
            expect(line(page, order_id)).to_contain_text(re.compile("3 of 3|Refused: .* already"))
            _put_away(page)
    _is_one_order_each(paper, orders, before)
    # Else it was no race: both have sent their command, nearly every time.
    assert min(len(sent) for sent in commands) >= RACES * 0.9
    assert len({one["command_id"] for sent in commands for one in sent}) == sum(
        len(sent) for sent in commands
    )


def test_a_double_click_is_one_command(paper: Desk, screens: tuple[Screen, Screen]) -> None:
    page = screens[0].page
    commands = _commands(page)
    before = paper.placed_in_all()
    by_hand, in_one_turn = paper.place("LT", quantity=2), paper.place("MARUTI", quantity=2)
    _prepare(page, by_hand).dblclick()
    expect(line(page, by_hand)).to_contain_text("3 of 3")
    _put_away(page)
    _prepare(page, in_one_turn).evaluate("button => { button.click(); button.click(); }")
    expect(line(page, in_one_turn)).to_contain_text("3 of 3")
    _is_one_order_each(paper, [by_hand, in_one_turn], before)
    assert len(commands) == 2


def test_a_command_whose_answer_is_lost_is_repeated_under_its_id_and_is_one_order(
    paper: Desk, screens: tuple[Screen, Screen]
) -> None:
    page = screens[0].page
    commands = _commands(page)
    before = paper.placed_in_all()
    order_id = paper.place("AXISBANK", quantity=2)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        """Let the command reach the server, and cut the connection before its answer."""
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/api/v1/copies", lose_the_first)
    _prepare(page, order_id).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(line(page, order_id)).to_contain_text("3 of 3")
    assert lost == [200]
    assert len(commands) == 2
    assert commands[0] == commands[1]
    _is_one_order_each(paper, [order_id], before)
    page.unroute_all()
