"""Each state of the dashboard on fixed data: axe has nothing against it, and nothing is cut off."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.builders import shown_rows as rows
from tests.builders.browser import Screen
from tests.builders.dashboard import Dashboard, dashboard
from tests.builders.shown_day import NOW, day
from tests.e2e.judging import SIZES, faults

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

PAGES = {
    "Orders": lambda page: page.get_by_label("Orders", exact=True).get_by_text("SBIN").first,
    "Positions": lambda page: page.get_by_role("table"),
    "Analytics": lambda page: page.get_by_role("table"),
    "Activity": lambda page: page.get_by_role("log", name="Activity"),
}
BOTH = pytest.mark.parametrize("size", ["1600", "390"])
Screens = Callable[[str], Screen]


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with dashboard(tmp_path_factory.mktemp("data"), day(40)) as board:
        yield board


def opened(browser: Browser, board: Dashboard, size: str) -> Screen:
    screen = Screen(browser, *SIZES[size])
    screen.page.clock.set_fixed_time(NOW)
    screen.page.goto(board.sign_in_link())
    expect(screen.page.get_by_test_id("mode")).not_to_have_text("Unknown")
    return screen


@pytest.fixture(scope="module")
def screens(browser: Browser, board: Dashboard) -> Iterator[Screens]:
    """Give one page of each size, signed in once; tests leave them as they found them."""
    held: dict[str, Screen] = {}

    def of(size: str) -> Screen:
        if size not in held:
            held[size] = opened(browser, board, size)
        return held[size]

    yield of
    for screen in held.values():
        screen.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_at_every_size(screens: Screens, name: str, size: str) -> None:
    screen = screens(size)
    screen.page.get_by_role("navigation").get_by_role("link", name=name).click()
    expect(PAGES[name](screen.page)).to_be_visible()
    assert faults(screen.page) == []
    assert screen.complaints() == []


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("What to do")).to_be_focused()


def _help(page: Page) -> None:
    page.keyboard.press("?")


def _settings(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()


def _cancel_open(page: Page) -> None:
    _palette(page)
    page.get_by_role("option", name="Cancel open copies").click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_focused()


def _square_off(page: Page) -> None:
    page.get_by_role("link", name="Positions").click()
    page.get_by_role("button", name="Square off").click()
    page.get_by_role("checkbox").first.check()


@BOTH
@pytest.mark.parametrize("show", [_palette, _help, _settings, _cancel_open, _square_off])
def test_what_lies_over_the_page(screens: Screens, show: Callable[[Page], None], size: str) -> None:
    screen = screens(size)
    page = screen.page
    page.get_by_role("link", name="Orders").click()
    show(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page, is_stop_in_reach=False) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert screen.complaints() == []


def test_the_drawer_of_accounts_with_one_whose_session_expired(screens: Screens) -> None:
    for size in ("1366", "390"):
        page = screens(size).page
        page.get_by_role("button", name="Accounts and activity").click()
        drawer = page.get_by_role("dialog", name="Accounts and activity")
        expect(drawer.get_by_text("Its session has expired").first).to_be_visible()
        assert faults(page, is_stop_in_reach=size != "390") == []
        page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
        assert screens(size).complaints() == []


def test_opened_rows_ticks_and_a_menu(screens: Screens) -> None:
    screen = screens("1600")
    page = screen.page
    page.get_by_role("link", name="Orders").click()
    rows_shown = page.get_by_role("row")
    rows_shown.nth(1).get_by_role("button", name="Copies of").click()
    page.get_by_role("button", name="Details of the copy in Father HUF").click()
    expect(page.get_by_text("The broker's words:")).to_be_visible()
    rows_shown.filter(has_text="Tick to copy").first.get_by_role("checkbox").check()
    expect(page.get_by_test_id("selected")).to_have_text("1 selected")
    assert faults(page) == []
    rows_shown.nth(1).click(button="right")
    expect(page.get_by_role("menu", name="Actions")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Columns").click()
    assert faults(page, is_stop_in_reach=False) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Details of the copy in Father HUF").click()
    rows_shown.nth(1).get_by_role("button", name="Copies of").click()
    assert screen.complaints() == []


def test_the_copy_dialog(screens: Screens, board: Dashboard) -> None:
    screen = screens("1600")
    page = screen.page
    order_id = next(
        copy["primary_order_id"] for copy in day(40)["copies"].values() if copy["state"] == "HELD"
    )
    board.engine.foresee = lambda _: rows.a_preview(
        order_count=3,
        orders=[{**rows.a_preview()["orders"][0], "order_id": order_id, "moved_percent": "-0.81"}],
        copies=[
            {
                **rows.a_preview()["copies"][0],
                "copy_id": f"{order_id}:{account_id}",
                "order_id": order_id,
                "account_id": account_id,
                "slices": slices,
                "quantity": sum(slices),
                "refusal": None if slices else rows.reason("SESSION_EXPIRED", "Its session has expired."),
                "warnings": [],
            }
            for account_id, slices in (("CD5678", [1800, 75]), ("EF9012", [750]), ("IJ7890", []))
        ],
        accounts=[
            {
                "account_id": "EF9012",
                "funds_free": "98211.40",
                "funds_needed": "112400.00",
                "warnings": ["98,211.40 are free and about 1,12,400.00 are needed: expect a rejection."],
            }
        ],
    )
    page.get_by_role("link", name="Orders").click()
    page.keyboard.press("2")
    page.get_by_role("row").filter(has_text="Tick to copy").first.get_by_role("checkbox").check()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Send 3 orders")).to_be_enabled()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    expect(dialog).to_contain_text("expect a rejection")
    assert faults(page, is_stop_in_reach=False) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert screen.complaints() == []


@BOTH
def test_before_the_first_snapshot(browser: Browser, board: Dashboard, size: str) -> None:
    screen = Screen(browser, *SIZES[size])
    page = screen.page

    def hear_nothing(_socket: WebSocketRoute) -> None:
        """Take the socket and never answer, as a server that is only just there."""

    page.route_web_socket("**/socket.io/**", hear_nothing)
    page.goto(board.sign_in_link())
    expect(page.get_by_role("status", name="Loading orders")).to_be_visible()
    expect(page.get_by_test_id("mode")).to_have_text("Unknown")
    assert faults(page) == []
    assert screen.complaints() == []
    screen.close()


@BOTH
def test_answers_that_are_errors(browser: Browser, board: Dashboard, size: str) -> None:
    screen = opened(browser, board, size)
    page = screen.page
    problem = (
        '{"error": "journal_unreadable", "message": "The journal is locked by another program.",'
        ' "not_done": "Nothing was read.", "request_id": "4f2a"}'
    )
    page.route(
        lambda url: "/api/v1/" in url and not url.endswith("/stop"),
        lambda route: route.fulfill(status=503, body=problem, content_type="application/json"),
    )
    for name in ("Activity", "Analytics", "Config", "Positions"):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        if name in {"Activity", "Config"}:
            expect(page.get_by_text("The journal is locked by another program.").first).to_be_visible()
        assert faults(page) == []
    assert screen.complaints() == []
    screen.close()


@BOTH
def test_an_empty_day(browser: Browser, tmp_path: Path, size: str) -> None:
    state = rows.snapshot(status=rows.status(venue="live"))
    with dashboard(tmp_path, state) as board:
        screen = opened(browser, board, size)
        page = screen.page
        expect(page.get_by_text("No orders yet today.")).to_be_visible()
        for name in ("Orders", "Positions", "Analytics", "Activity"):
            page.get_by_role("navigation").get_by_role("link", name=name).click()
            expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
            assert faults(page) == []
        assert screen.complaints() == []
        screen.close()


@BOTH
def test_stopped_then_without_the_copier_then_without_the_server(
    browser: Browser, tmp_path: Path, size: str
) -> None:
    with dashboard(tmp_path, day(40)) as board:
        screen = opened(browser, board, size)
        page = screen.page
        stopped = {**day(40)["status"], "is_stopped": True, "stopped_by": "operator"}
        board.show(status=stopped)
        expect(page.get_by_test_id("mode")).to_have_text("Live, stopped")
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
        assert faults(page, is_stop_in_reach=False) == []
        page.keyboard.press("Escape")
        board.show(status=day(40)["status"])
        expect(page.get_by_test_id("mode")).to_have_text("Live")
        board.lose_engine()
        _is_frozen(page, "The copier does not answer.")
        board.lose_web()
        _is_frozen(page, "Server connection lost.")
        assert screen.complaints() == []
        screen.close()


def _is_frozen(page: Page, words: str) -> None:
    """Check that the page says so, shows no state as known, and keeps Stop at hand."""
    expect(page.get_by_role("alert").filter(has_text=words)).to_contain_text("may still be running")
    expect(page.get_by_test_id("mode")).to_have_text("Unknown")
    expect(page).to_have_title("(!) Tandem")
    expect(page.get_by_role("button", name="Stop copying")).to_be_enabled()
    assert faults(page) == []
