"""A scripted server and a wire to it, on asyncio's own loop and on uvloop's, which production prefers."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from app.adapters.kite.wire import Timeouts, Wire
from tests.builders.raw_server import RawServer, raw_server

try:
    from uvloop import new_event_loop as new_uvloop
except ImportError:  # no wheel for this platform
    LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
else:
    LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": new_uvloop}

PATIENT = Timeouts(connect_s=5.0, answer_s=20.0)
HASTY = Timeouts(connect_s=0.3, answer_s=0.3)
"""For what is meant to time out."""


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run each asynchronous test here on every loop."""
    return LOOPS


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as running:
        yield running


@pytest.fixture
async def wire(server: RawServer) -> AsyncIterator[Wire]:
    made = Wire(server.root, timeouts=PATIENT)
    yield made
    made.close()


@pytest.fixture
async def hasty_wire(server: RawServer) -> AsyncIterator[Wire]:
    made = Wire(server.root, timeouts=HASTY)
    yield made
    made.close()
