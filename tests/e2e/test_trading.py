"""The operator's day in Chromium over the whole program in paper mode: tick, copy, retry, stop, cancel."""

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.builders.browser import Screen
from tests.builders.eventually import eventually
from tests.e2e.desk import PATIENCE_S, SECONDARIES, Desk, desk, is_known, line
from tests.e2e.judging import faults

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

RESTING_PRICE = "225"
"""About a tenth below WIPRO's price of the day: an order to buy rests there."""


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("data")) as paper:
        yield paper


@pytest.fixture
def screen(paper: Desk, browser: Browser) -> Iterator[Screen]:
    """Open the page of a wide screen, new orders held; whatever it complains about fails the test."""
    paper.hold()
    screen = paper.open(browser)
    expect(screen.page.get_by_test_id("mode")).to_have_text("Paper, holding")
    yield screen
    assert screen.complaints() == []
    screen.close()


def _tick(page: Page, *row_ids: str) -> None:
    for row_id in row_ids:
        line(page, row_id).get_by_role("checkbox").check()


def _send(page: Page, number: int) -> None:
    """Send what the dialog previews, after having seen that Cancel has the focus and Enter sends nothing."""
    dialog = page.get_by_role("dialog")
    go = dialog.get_by_role("button", name=f"Send {number} order")
    expect(go).to_be_enabled()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    go.focus()
    page.keyboard.press("Enter")
    expect(go).to_be_enabled()
    go.click()
    expect(dialog).to_have_count(0)


def test_two_ticked_of_five_held_are_copied_to_all_accounts_and_only_those(
    paper: Desk, screen: Screen
) -> None:
    page = screen.page
    symbols = ("HDFCBANK", "TCS", "INFY", "SBIN", "ITC")
    orders = [paper.place(symbol) for symbol in symbols]
    for order_id in orders:
        expect(line(page, order_id)).to_contain_text("Tick to copy")
    before = paper.placed_in_all()
    ticked, left = (orders[1], orders[3]), (orders[0], orders[2], orders[4])
    _tick(page, *ticked)
    expect(page.get_by_test_id("selected")).to_have_text("2 selected")
    page.get_by_role("button", name="Copy to 3 accounts").click()
    _send(page, 6)
    for order_id in ticked:
        expect(line(page, order_id)).to_contain_text("3 of 3")
    copies = paper.settled(*ticked)
    assert len(paper.placed(copies)) == 6
    assert paper.placed_in_all() - before == 6
    assert {copy["state"] for copy in paper.copies(*left)} == {"HELD"}
    for order_id in left:
        expect(line(page, order_id)).to_contain_text("Tick to copy")


def test_a_rejected_copy_is_tried_again_after_money_came(paper: Desk, screen: Screen) -> None:
    page = screen.page
    poor = SECONDARIES[1]
    paper.run.control("PUT", f"/accounts/{poor}", {"cash": "50000"})
    order_id = paper.place("RELIANCE", quantity=400)
    copy_id = f"{order_id}:{poor}"
    _tick(page, order_id)
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_contain_text("rejection")
    _send(page, 3)
    expect(line(page, order_id)).to_contain_text("1 failed")
    line(page, order_id).get_by_role("button", name="Copies of").click()
    expect(line(page, copy_id)).to_contain_text("Rejected")
    expect(line(page, copy_id)).to_contain_text("margin")
    paper.run.control("PUT", f"/accounts/{poor}", {"cash": "10000000"})
    line(page, copy_id).get_by_role("button", name="Retry").click()
    _send(page, 1)
    expect(line(page, copy_id)).to_contain_text("Complete")
    requests = paper.placed([copy for copy in paper.settled(order_id) if copy["account_id"] == poor])
    assert len(requests) == 2
    assert len({row["tag"] for row in requests}) == 2


def test_open_copies_are_cancelled_once_their_number_is_typed(paper: Desk, screen: Screen) -> None:
    page = screen.page
    order_id = paper.place("WIPRO", order_type="LIMIT", price=RESTING_PRICE, market_protection="0")
    _tick(page, order_id)
    page.keyboard.press("c")
    _send(page, 3)
    paper.settled(order_id, state="OPEN")
    expect(line(page, order_id)).to_contain_text("Resting")
    line(page, order_id).click(button="right")
    page.get_by_role("menuitem", name="Cancel open copies").click()
    dialog = page.get_by_role("dialog")
    go = dialog.get_by_role("button", name="Cancel 3 copies")
    expect(go).to_be_disabled()
    dialog.get_by_role("textbox").fill("4")
    expect(go).to_be_disabled()
    dialog.get_by_role("textbox").fill("3")
    go.click()
    expect(dialog).to_have_count(0)
    paper.settled(order_id, state="CANCELLED")
    expect(line(page, order_id)).to_contain_text("Ended")


def test_positions_are_squared_off_once_their_number_is_typed(paper: Desk, screen: Screen) -> None:
    page = screen.page
    order_id = paper.place("BHARTIARTL")
    _tick(page, order_id)
    page.keyboard.press("c")
    _send(page, 3)
    paper.settled(order_id)
    account = SECONDARIES[0]
    page.get_by_role("link", name="Positions").click()

    def held() -> list[dict[str, int]]:
        positions = paper.run.snapshot()["portfolios"][account]["positions"]
        return [one for one in positions if one["quantity"] and one["product"] == "MIS"]

    expect(page.get_by_role("row").filter(has_text="BHARTIARTL")).to_be_visible()
    page.get_by_role("button", name="Square off").click()
    dialog = page.get_by_role("dialog")
    choice = dialog.get_by_role("listitem").filter(has_text=account)
    expect(choice).to_contain_text("BHARTIARTL")
    choice.get_by_role("checkbox").check()
    go = dialog.get_by_role("button", name="Square off")
    expect(go).to_be_disabled()
    dialog.get_by_role("textbox").fill(str(len(held())))
    go.click()
    expect(dialog).to_have_count(0)
    eventually(lambda: held() == [], timeout_s=PATIENCE_S, what="no position")


def test_stop_goes_through_by_keyboard_while_the_socket_is_cut(paper: Desk, screen: Screen) -> None:
    page = screen.page
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/socket.io/**", pass_on)
    page.reload()
    is_known(page)
    # From now on nothing is heard any more, and no new socket or long poll comes through.
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.route("**/socket.io/**", lambda route: route.abort())
    for socket in sockets:
        socket.close()
    expect(page.get_by_role("alert").filter(has_text="Server connection lost.")).to_be_visible()
    expect(page.get_by_test_id("mode")).to_have_text("Unknown")
    page.keyboard.press("Alt+Shift+S")
    expect(page.get_by_text("Copying is stopped").first).to_be_visible()
    assert paper.run.snapshot()["status"]["is_stopped"]
    page.unroute_all()
    page.route_web_socket("**/socket.io/**", pass_on)
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_test_id("mode")).to_have_text("Paper, stopped")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume copying").click()
    expect(page.get_by_test_id("mode")).to_have_text("Paper, holding")


def test_a_page_outlives_its_web_process_and_shows_each_row_once(paper: Desk, screen: Screen) -> None:
    page = screen.page
    first = paper.place("LT")
    expect(line(page, first)).to_contain_text("Tick to copy")
    os.kill(paper.run.programs()["web"], signal.SIGKILL)
    expect(page.get_by_role("alert").filter(has_text="Server connection lost.")).to_be_visible()
    # A page whose files were never fetched: it waits for them, and Stop stays where it is.
    page.get_by_role("link", name="Analytics").click()
    expect(page.get_by_text("Loading…")).to_be_visible()
    expect(page.get_by_role("button", name="Stop copying")).to_be_enabled()
    second = paper.place("KOTAKBANK")
    expect(page.get_by_role("heading", name="Analytics")).to_be_visible()
    page.get_by_role("link", name="Orders").click()
    expect(line(page, second)).to_contain_text("Tick to copy")
    expect(page.get_by_role("alert")).to_have_count(0)
    is_known(page)
    # So high that every row is drawn.
    page.set_viewport_size({"width": 1600, "height": 3000})
    rows = page.locator("[role=row][aria-level='1']")

    def shown() -> list[str]:
        ids: list[str] = rows.evaluate_all("rows => rows.map((row) => row.dataset.line)")
        assert sorted(ids) == sorted(paper.run.snapshot()["orders"])
        return ids

    assert {first, second} <= set(eventually(shown, timeout_s=PATIENCE_S, what="each order once"))


def test_a_phone_stops_and_copies(paper: Desk, browser: Browser) -> None:
    paper.hold()
    phone = paper.open(browser, "390")
    page = phone.page
    order_id = paper.place("WIPRO")
    card = page.get_by_role("article", name="BUY WIPRO").first
    card.get_by_role("button", name="Copy").click()
    assert faults(page, is_stop_in_reach=False) == []
    _send(page, 3)
    paper.settled(order_id)
    expect(card).to_contain_text("3 of 3")
    assert faults(page) == []
    page.get_by_role("button", name="Stop copying").click()
    expect(page.get_by_test_id("mode")).to_contain_text("stopped")
    assert paper.run.snapshot()["status"]["is_stopped"]
    assert faults(page) == []
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume copying").click()
    expect(page.get_by_test_id("mode")).to_contain_text("holding")
    assert phone.complaints() == []
    phone.close()
