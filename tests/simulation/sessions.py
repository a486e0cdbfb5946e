"""Access tokens that die during the day, and their owners, who sign in again some seconds later."""

import asyncio
from random import Random

from tests.simulation.engine_host import EngineHost
from tests.simulation.exchange import SimExchange
from tests.simulation.history import History

_UNTIL_SIGNED_IN_S = (1.0, 40.0)


class Sessions:
    """`outages` has, per dead token: the account, when it died, when the engine was given the new one."""

    def __init__(self, host: EngineHost, exchange: SimExchange, random: Random, history: History) -> None:
        self._host = host
        self._exchange = exchange
        self._random = random
        self._history = history
        self.outages: list[tuple[str, float, float]] = []
        self._since: dict[str, float] = {}
        self._dead: dict[str, asyncio.Task[None]] = {}
        self.morning = asyncio.Event()

    def kill(self, account_id: str) -> None:
        """Let an account's token be good no more."""
        if account_id not in self._dead:
            self._exchange.venue.accounts.expire(account_id)
            self._die(account_id)

    def flush(self, account_ids: list[str]) -> None:
        """Know that the broker has let every token die; nobody signs in before the morning."""
        for account_id in account_ids:
            if (
                account_id not in self._dead
                and not self._exchange.venue.accounts.get(account_id).is_logged_in
            ):
                self._die(account_id, self.morning)

    def _die(self, account_id: str, until: asyncio.Event | None = None) -> None:
        self._history.note("token dies", account_id)
        self._since[account_id] = self._history.now_s
        work = self._log_in_later(account_id, until)
        self._dead[account_id] = asyncio.get_running_loop().create_task(work)

    def end(self) -> None:
        """Let every account be signed in again."""
        for account_id, task in list(self._dead.items()):
            task.cancel()
            self._sign_in(account_id)

    async def _log_in_later(self, account_id: str, until: asyncio.Event | None) -> None:
        if until is not None:
            await until.wait()
        await asyncio.sleep(self._random.uniform(*_UNTIL_SIGNED_IN_S))
        self._sign_in(account_id)

    def _sign_in(self, account_id: str) -> None:
        self._dead.pop(account_id, None)
        self.outages.append((account_id, self._since.pop(account_id), self._history.now_s))
        self._host.tokens[account_id] = self._exchange.log_in(account_id)
        self._history.note("signed in", account_id)
        self._host.edit()
