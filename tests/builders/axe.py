"""The page judged by axe-core, which the dashboard's own lock file installs."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_COLOURS = {"type": "rule", "values": ["color-contrast"]}


def violations(page: Page, *, is_of_colours: bool = False) -> list[str]:
    """Return what axe has against the page as it is now, or its colours alone: the rule, and where."""
    assert AXE.is_file(), "axe-core is missing: make ui"
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => window.axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})",
        _COLOURS if is_of_colours else _ALL,
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
