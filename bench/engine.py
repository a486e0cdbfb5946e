"""The engine of one stack as a process of its own: the real copier, wires and journal, and nothing beside."""

import asyncio
import sys
from fractions import Fraction
from pathlib import Path

import msgspec

from tests.builders.copying import copying_on
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeAddress

READY = "bench engine ready"
LOOK_EVERY_S = 1.0
"""As copier.json has it; pushes make the looks come sooner."""


class _Known(ExchangeAddress):
    def __init__(self, root: str) -> None:
        self.root = root


class Told(msgspec.Struct, frozen=True):
    """What the engine is told on its standard input: `elsewhere` has the addresses of accounts apart."""

    root: str
    folder: str
    secondaries: list[str]
    elsewhere: dict[str, str]


async def _copy(told: Told) -> None:
    """Copy until the standard input ends."""
    copying = copying_on(
        _Known(told.root),
        Path(told.folder),
        poll_interval_s=LOOK_EVERY_S,
        multipliers={account: Fraction(1) for account in told.secondaries},
        elsewhere=told.elsewhere,
    )
    async with copying as runtime:
        await eventually_async(
            lambda: runtime.snapshot()["status"]["looked_at"], what="the first look at the primary"
        )
        print(READY, flush=True)  # noqa: T201 - the line that whoever started this waits for
        await asyncio.to_thread(sys.stdin.read)


def _loop() -> asyncio.AbstractEventLoop:
    """Return the loop that the engine runs on in earnest: uvloop's where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_copy(msgspec.json.decode(sys.stdin.readline(), type=Told)))
