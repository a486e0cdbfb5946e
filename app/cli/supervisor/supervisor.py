"""The life of one start: programs up in order, watched, and down in the opposite order."""

import asyncio
import signal
from collections.abc import Callable, Sequence

from app.cli.supervisor.child import Child, Program

_SIGNALS = tuple(signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Supervisor:
    """Run programs until a signal ends them, or one of them cannot run.

    They start in the order given, each when the one before is ready, and stop in the opposite order. Those
    that are not vital start when all others are up, and nothing waits for them.
    """

    def __init__(self, programs: Sequence[Program], say: Callable[[str], None]) -> None:
        self.children = [Child(program, say) for program in programs]
        self._say = say
        self._end: asyncio.Future[int] | None = None

    async def run(self, when_ready: Callable[[], None]) -> int:
        """Return the exit code of the whole: 0 after a signal. `when_ready` is called once all are up."""
        loop = asyncio.get_running_loop()
        end: asyncio.Future[int] = loop.create_future()
        self._end = end
        handled = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        for number in handled:
            loop.add_signal_handler(number, self._on_signal, number)
        tasks: list[asyncio.Task[None]] = []
        try:
            if await self._start_all(tasks, end):
                when_ready()
                tasks += [asyncio.create_task(self._watch(one)) for one in self._of_kind(is_vital=False)]
            return await end
        finally:
            for child in reversed(self.children):
                await child.stop()
            await asyncio.gather(*tasks)
            for number in handled:
                loop.remove_signal_handler(number)

    async def _start_all(self, tasks: list[asyncio.Task[None]], end: asyncio.Future[int]) -> bool:
        for child in self._of_kind(is_vital=True):
            tasks.append(asyncio.create_task(self._watch(child)))
            ready = asyncio.create_task(child.ready.wait())
            await asyncio.wait((ready, end), return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            if end.done():
                return False
        return True

    def _of_kind(self, *, is_vital: bool) -> list[Child]:
        return [child for child in self.children if child.program.is_vital is is_vital]

    async def _watch(self, child: Child) -> None:
        code: int | None = 1
        try:
            code = await child.run()
        finally:
            if code is not None:
                self._finish(code)

    def _finish(self, code: int) -> None:
        if self._end is not None and not self._end.done():
            self._end.set_result(code)

    def _on_signal(self, number: signal.Signals) -> None:
        if self._end is not None and self._end.done():
            self._say(f"{number.name} again: everything is killed at once.")
            for child in self.children:
                child.kill()
            return
        self._say(f"{number.name}: stopping.")
        self._finish(0)
