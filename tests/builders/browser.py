"""Debian's Chromium, headless, driven by Playwright, recording what a user should never see."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
"""A bound for a busy machine, not an expectation."""
expect.set_options(timeout=PATIENCE_MS)
_CATCH_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));
"""


class Screen:
    """One page of one browser, and what it complained about."""

    def __init__(self, browser: Browser, width: int, height: int, *, has_touch: bool = False) -> None:
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=has_touch)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.page.add_init_script(_CATCH_VIOLATIONS)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def complaints(self) -> list[str]:
        """Return the script errors and the breaches of the content security policy so far."""
        return [*self.errors, *self.page.evaluate("window.violations")]

    def close(self) -> None:
        """Close the page and forget its session."""
        self.page.context.close()


@contextmanager
def launched() -> Iterator[Browser]:
    """Run Chromium (`chromium` on the path, or where CHROMIUM says) while the block lasts."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "Tests of the page need Chromium: install Debian's package chromium, or set CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def chromium(width: int = 1440, height: int = 900) -> Iterator[Screen]:
    """Open a page in a Chromium of its own while the block lasts."""
    with launched() as browser:
        yield Screen(browser, width, height)
