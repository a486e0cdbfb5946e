"""Domain and ports hold together: every fact is one, every value is fixed, every port is open."""

import inspect
import pkgutil
from dataclasses import FrozenInstanceError, is_dataclass
from importlib import import_module
from typing import get_args

import pytest

import app.ports
from app.domain import events
from app.domain.events import CopyingStopped, Fact, Recorded
from app.ports.broker import BrokerUnavailableError, SessionExpiredError
from app.ports.journal import DoubledIntentError, JournalError

FACTS = set(get_args(Fact))
PARTS = {events.LegPlanned, Recorded}
"""Dataclasses of the module that are within or around a fact."""
PORT_CLASSES = [
    kind
    for module in pkgutil.iter_modules(app.ports.__path__)
    for _, kind in inspect.getmembers(import_module(f"app.ports.{module.name}"), inspect.isclass)
    if kind.__module__.startswith("app.ports")
]


def test_every_fact_that_is_written_down_is_one_the_journal_takes() -> None:
    declared = {
        kind for _, kind in inspect.getmembers(events, is_dataclass) if kind.__module__ == events.__name__
    }
    assert declared - PARTS == FACTS


def test_what_lasts_beyond_the_day_are_facts() -> None:
    assert set(events.LASTING) <= FACTS


def test_a_fact_cannot_be_changed_once_it_happened() -> None:
    fact = CopyingStopped(by="operator")
    with pytest.raises(FrozenInstanceError):
        fact.by = "nobody"  # type: ignore[misc]  # the fault under test


@pytest.mark.parametrize("kind", PORT_CLASSES, ids=lambda kind: kind.__name__)
def test_a_port_is_a_protocol_a_fixed_value_or_an_error(kind: type) -> None:
    is_fixed_value = is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined] # dataclasses hide it
    assert getattr(kind, "_is_protocol", False) or is_fixed_value or issubclass(kind, Exception)


def test_who_catches_the_wider_error_catches_the_narrower() -> None:
    assert issubclass(SessionExpiredError, BrokerUnavailableError)
    assert issubclass(DoubledIntentError, JournalError)
