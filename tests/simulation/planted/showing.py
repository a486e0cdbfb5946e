"""Bugs in what the page is told, and in what an operator's mistake does to the engine."""

from typing import Any

from app.engine.copy_engine import CopyEngine
from app.engine.touched import Changed
from app.engine.view import View
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import TYPOS


@plant(View, "publish", alone="I16")
def view_misses_a_delta(original: Any, view: View, changed: Changed, *, is_status_new: bool) -> None:
    """What changes together with the status is not told of."""
    if is_status_new or changed.status:
        changed.copies.clear()
    original(view, changed, is_status_new=is_status_new)


@plant(CopyEngine, "show_refused_rules", stage=TYPOS, alone="health")
def typo_ends_the_engine(original: Any, _engine: Any, text: str | None) -> None:
    """An edit of the configuration that makes no sense is an error like any other."""
    raise ValueError(text)
