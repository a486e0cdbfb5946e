"""The registry of planted bugs: each by name, with the rules it breaks and the stage that shows it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from tests.simulation.stage import WHOLE_DAY, Stage

Patch = AbstractContextManager[Any]


@dataclass(frozen=True, kw_only=True)
class Bug:
    """One mistake that a programmer might make; `rules` are those of the order protocol that it breaks.

    `alone` is the invariant that nothing but it catches, where that is so. `starts_at` is where the quick
    test begins to look for it; the honest count begins at seed 0.
    """

    name: str
    about: str
    rules: tuple[int, ...]
    alone: str | None
    stage: Stage
    starts_at: int
    patches: Callable[[], Iterable[Patch]]


PLANTED: dict[str, Bug] = {}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant one bug while the block lasts."""
    with ExitStack() as all_of_it:
        for one in PLANTED[name].patches():
            all_of_it.enter_context(one)
        yield


def bug(
    *rules: int, alone: str | None = None, stage: Stage = WHOLE_DAY, starts_at: int = 0
) -> Callable[[Callable[[], Iterable[Patch]]], Callable[[], Iterable[Patch]]]:
    """Register a function that returns the patches of one bug, under its own name."""

    def register(patches: Callable[[], Iterable[Patch]]) -> Callable[[], Iterable[Patch]]:
        name, about = patches.__name__, (patches.__doc__ or "").strip()
        PLANTED[name] = Bug(
            name=name,
            about=about,
            rules=rules,
            alone=alone,
            stage=stage,
            starts_at=starts_at,
            patches=patches,
        )
        return patches

    return register


def plant(
    target: Any,
    name: str,
    *rules: int,
    alone: str | None = None,
    stage: Stage = WHOLE_DAY,
    starts_at: int = 0,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that stands in for `target.name` and gets the original as its first argument."""

    def register(stand_in: Callable[..., Any]) -> Callable[..., Any]:
        def patches() -> Iterable[Patch]:
            return [instead(target, name, stand_in)]

        patches.__name__, patches.__doc__ = stand_in.__name__, stand_in.__doc__
        bug(*rules, alone=alone, stage=stage, starts_at=starts_at)(patches)
        return stand_in

    return register


def instead(target: Any, name: str, stand_in: Callable[..., Any]) -> Patch:
    """Return the patch that puts `stand_in` in the place of `target.name`; it gets the original first."""
    original = getattr(target, name)
    return patch.object(target, name, lambda *args, **kwargs: stand_in(original, *args, **kwargs))
