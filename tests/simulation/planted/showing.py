"""Bugs in what the page is told (architecture: journal, apply, publish, then send)."""

from typing import Any

from app.engine.state import Changed
from app.engine.view import View
from tests.simulation.planted.registry import plant


@plant(View, "publish")
def view_misses_a_delta(original: Any, view: View, changed: Changed, *, is_status_new: bool) -> None:
    """What changes together with the status is not told of."""
    if is_status_new or changed.status:
        changed.copies.clear()
    original(view, changed, is_status_new=is_status_new)
