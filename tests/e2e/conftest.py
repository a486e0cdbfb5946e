"""The one browser of a module's tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.builders.browser import launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium for a whole module: each test opens contexts of its own, which share nothing."""
    with launched() as browser:
        yield browser
