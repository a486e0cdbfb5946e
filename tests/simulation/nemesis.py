"""What befalls the world by itself: dead tokens, maintenance, broken connections, kills at random moments."""

import asyncio
from random import Random

from app.exchange.faults import FaultKind, FaultRule
from tests.simulation.chances import Chances
from tests.simulation.engine_host import EngineHost
from tests.simulation.exchange import SimExchange
from tests.simulation.history import History
from tests.simulation.network import Network

_TURN_S = 0.5


class Nemesis:
    """Draws, every half second, what happens next."""

    def __init__(
        self,
        *,
        host: EngineHost,
        exchange: SimExchange,
        network: Network,
        accounts: list[str],
        chances: Chances,
        random: Random,
        history: History,
    ) -> None:
        self._host = host
        self._exchange = exchange
        self._network = network
        self._accounts = accounts
        self._chances = chances
        self._random = random
        self._history = history
        self.outages: list[tuple[str, float, float]] = []
        """Account, when its token died, when the engine was given the new one."""
        self._since: dict[str, float] = {}
        self._dead: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(_TURN_S)
            if self._happens(self._chances.kill_per_s):
                self._host.kill("at a random moment")
            if self._happens(self._chances.token_outage_per_s):
                self._kill_token(self._random.choice(self._accounts))
            if self._happens(self._chances.maintenance_per_s):
                self._close(self._random.choice(self._accounts))
            if self._happens(self._chances.disconnect_per_s):
                account_id = self._random.choice(self._accounts)
                self._history.note("disconnected", account_id)
                self._network.break_all(account_id)

    def end(self) -> None:
        """Let every account be signed in again."""
        for account_id, task in list(self._dead.items()):
            task.cancel()
            self._sign_in(account_id)

    def _happens(self, per_s: float) -> bool:
        return per_s > 0 and self._random.random() < per_s * _TURN_S

    def _close(self, account_id: str) -> None:
        for_s = self._random.uniform(1.0, 30.0)
        self._history.note("maintenance", account_id, detail=f"{for_s:.1f} s")
        rule = FaultRule(
            kind=FaultKind.MAINTENANCE, account=account_id, route="orders.*", count=None, for_s=for_s
        )
        self._exchange.service.plan.add(rule, now_s=self._exchange.service.now_s())

    def _kill_token(self, account_id: str) -> None:
        if account_id not in self._dead:
            self._history.note("token dies", account_id)
            self._since[account_id] = self._history.now_s
            self._exchange.venue.accounts.expire(account_id)
            self._dead[account_id] = asyncio.get_running_loop().create_task(self._log_in_later(account_id))

    async def _log_in_later(self, account_id: str) -> None:
        await asyncio.sleep(self._random.uniform(1.0, 40.0))
        self._sign_in(account_id)

    def _sign_in(self, account_id: str) -> None:
        self._dead.pop(account_id, None)
        self.outages.append((account_id, self._since.pop(account_id), self._history.now_s))
        self._host.tokens[account_id] = self._exchange.log_in(account_id)
        self._history.note("signed in", account_id)
        self._host.edit()
