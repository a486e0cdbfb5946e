"""What is wrong with one account: each kind as faults of the exchange, or as an address nobody answers at."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

_QUEUE_FILLERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A kind of trouble: a fault for every request of its account, or connects that hang."""

    name: str
    what: str
    fault: dict[str, object] | None = None
    has_hanging_connects: bool = False


TROUBLES = (
    Trouble(name="none", what="no trouble: the two stacks differ by this much"),
    Trouble(name="hang", what="nothing is answered", fault={"kind": "hang", "route": "*"}),
    Trouble(name="slow", what="answers take 2 s", fault={"kind": "slow", "route": "*", "delay_s": 2.0}),
    Trouble(name="refuse", what="every order is refused", fault={"kind": "refuse"}),
    Trouble(name="429", what="everything is answered with 429", fault={"kind": "429", "route": "*"}),
    Trouble(name="connect", what="connections are not taken up", has_hanging_connects=True),
)


@contextmanager
def silent_address() -> Iterator[str]:
    """Yield an address at which connects hang: it listens, its queue is full, and nobody takes from it."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(_QUEUE_FILLERS):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
