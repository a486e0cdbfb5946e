"""Write the pictures: `python -m tests.screenshots [FOLDER]`; documents' own go to docs/images too."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.builders.browser import chromium
from tests.builders.dashboard import Dashboard, dashboard
from tests.builders.shown_day import NOW, day, keep_profits

SIZES = {"1600": (1600, 1000), "1366": (1366, 768), "390": (390, 844)}
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
SHOWN_IN_DOCUMENTS = (
    "dashboard-orders-1600-dark.png",
    "dashboard-orders-1366-light.png",
    "dashboard-orders-390-dark.png",
    "dashboard-positions-1600-dark.png",
)
PAGES = {"orders": "/", "positions": "/positions", "analytics": "/analytics", "activity": "/activity"}


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        with tempfile.TemporaryDirectory() as data:
            keep_profits(Path(data))
            with dashboard(Path(data), day()) as board:
                _all_pages(board, folder, size, width, height)


def _all_pages(board: Dashboard, folder: Path, size: str, width: int, height: int) -> None:
    with chromium(width, height) as screen:
        page = screen.page
        page.clock.set_fixed_time(NOW)
        page.goto(board.sign_in_link())
        _shown(page)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            for name, path in PAGES.items():
                page.goto(f"{board.url}{path}")
                _shown(page)
                if name == "orders" and width > 640:
                    _open_some(page)
                page.screenshot(path=folder / f"dashboard-{name}-{size}-{theme}.png")
        _stopped(board, folder / f"dashboard-stopped-{size}-{THEMES[-1]}.png", page)
        board.lose_web()
        page.get_by_text("Server connection lost").wait_for()
        page.screenshot(path=folder / f"dashboard-lost-{size}-{THEMES[-1]}.png")
        assert screen.complaints() == []


def _open_some(page: Page) -> None:
    """Show the copies of two orders: one with a failure, one that went well."""
    closed = page.get_by_role("button", name="Copies of ")
    closed.nth(4).click()
    closed.nth(0).click()
    page.mouse.move(0, 0)


def _stopped(board: Dashboard, picture: Path, page: Page) -> None:
    status = {**board.engine.snapshot()["status"], "is_stopped": True, "stopped_by": "operator"}
    page.goto(board.url)
    board.show(status=status)
    page.get_by_text("Copying is stopped").first.wait_for()
    page.screenshot(path=picture)


def _shown(page: Page) -> None:
    """Wait for the live state and the letters."""
    page.get_by_test_id("mode").get_by_text("Live").wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data/screenshots")
    main(chosen)
    for name in SHOWN_IN_DOCUMENTS:
        shutil.copy(chosen / name, Path("docs/images") / name)
