"""Bugs to plant into the production code, by area of the order protocol. What catches them is not here."""

from tests.simulation.planted import (
    amending,
    answering,
    closing,
    commanding,
    days,
    deciding,
    journalling,
    pacing,
    queueing,
    resolving,
    showing,
    sizing,
    stopping,
    tagging,
)
from tests.simulation.planted.registry import PLANTED, Bug, planted

__all__ = [
    "PLANTED",
    "Bug",
    "amending",
    "answering",
    "closing",
    "commanding",
    "days",
    "deciding",
    "journalling",
    "pacing",
    "planted",
    "queueing",
    "resolving",
    "showing",
    "sizing",
    "stopping",
    "tagging",
]
