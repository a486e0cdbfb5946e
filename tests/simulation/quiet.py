"""When a world without faults has come to rest, so that waiting longer would show nothing new."""

import asyncio
from typing import TYPE_CHECKING

from app.domain.copies import CopyState
from app.exchange.accounts import Account
from app.exchange.venue import Row
from tests.simulation.engine_host import EngineHost
from tests.simulation.exchange import SimExchange
from tests.simulation.history import History
from tests.simulation.network import Network

if TYPE_CHECKING:
    from tests.simulation.record import Record

_STILL_S = 4.0
"""Longer than any pause of an engine that has something to do: it looks each second."""
_STILL_WAITING_S = 12.0
"""Longer than an exit waits for its entry, and a MARKET order for its turn."""
_STEP_S = 0.5


class Quiet:
    """Knows when nothing is under way or in doubt, every account was looked at after the last change of its
    orders, and nothing was decided for a while. Whether all is as it should be, the checks tell.
    """

    def __init__(
        self,
        host: EngineHost,
        exchange: SimExchange,
        network: Network,
        record: "Record",
        accounts: list[str],
        history: History,
    ) -> None:
        self._host = host
        self._exchange = exchange
        self._network = network
        self._record = record
        self._history = history
        self._changed_at_s = dict.fromkeys(accounts, 0.0)
        exchange.venue.on_order.append(self._changed)

    async def come(self, *, most_s: float) -> float:
        """Wait until the world has been at rest for a while, at most so long; return how long it took."""
        began_s = self._history.now_s
        while not self._is_here(began_s):
            if self._history.now_s - began_s >= most_s:
                break
            await asyncio.sleep(_STEP_S)
        return self._history.now_s - began_s

    def _is_here(self, began_s: float) -> bool:
        life = self._host.life
        if life is None or self._exchange.is_busy or self._network.is_busy:
            return False
        engine = life.runtime.engine
        state = engine.state
        unsettled = {state.leg_of(tag).state for tags in state.unresolved.values() for tag in tags}
        is_held_up = state.is_stopped or state.blocked or any(lane.amending for lane in engine.lanes.values())
        if is_held_up or unsettled - {CopyState.PENDING} or not all(map(self._is_known, self._changed_at_s)):
            return False
        last_s = max(began_s, self._record.facts[-1][0], *self._changed_at_s.values())
        return self._history.now_s - last_s >= (_STILL_WAITING_S if unsettled else _STILL_S)

    def _is_known(self, account_id: str) -> bool:
        """Tell whether the engine has looked at an account since faults ended and its orders last changed."""
        looks = self._record.looks.get(account_id, [])
        last_s = max(self._record.quiet_since_s, self._changed_at_s[account_id])
        return bool(looks) and looks[-1][1] > last_s

    def _changed(self, account: Account, _row: Row) -> None:
        self._changed_at_s[account.user_id] = self._history.now_s
