"""The loops that read and show portfolios, in virtual time, over readers that a test fills."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from app.domain.ids import AccountId
from app.engine.portfolios import Portfolios
from app.engine.rows import PortfolioRow
from tests.builders.copier import PRIMARY, KnownInstruments, rules_for
from tests.builders.days import VirtualTime
from tests.fakes.account_reader import FakeAccountReader
from tests.fakes.clock import FRIDAY_MORNING
from tests.simulation.virtual_loop import run_virtually

S1, S2 = AccountId("S1"), AccountId("S2")
INFY, FUTURE = "NSE:INFY", "NFO:NIFTYFUT"


class Desk:
    """Portfolios over readers that a test fills, and what they showed and when."""

    def __init__(self, multipliers: dict[str, str], **rules: Any) -> None:
        self.clock = VirtualTime(FRIDAY_MORNING)
        self.rulebook = rules_for(multipliers, accounts={}, **rules)
        self.readers = {id_: FakeAccountReader(id_) for id_ in (PRIMARY, *map(AccountId, multipliers))}
        self.shown: list[tuple[float, PortfolioRow]] = []
        self.began_s = self.clock.monotonic()
        self.portfolios = Portfolios(
            lambda account_id: self.readers[account_id],
            clock=self.clock,
            rulebook=lambda: self.rulebook,
            instruments=KnownInstruments(),
            show=lambda row: self.shown.append((self.age_s, row)),
        )

    @property
    def age_s(self) -> float:
        return self.clock.monotonic() - self.began_s

    def row(self, account_id: str = "S1") -> PortfolioRow:
        return next(row for _, row in reversed(self.shown) if row["account_id"] == account_id)

    def times(self, account_id: str = "S1") -> list[float]:
        return [at_s for at_s, row in self.shown if row["account_id"] == account_id]

    def expected(self, account_id: str = "S1", instrument: str = INFY, product: str = "MIS") -> int | None:
        rows = self.row(account_id)["positions"]
        return next(r["expected"] for r in rows if (r["instrument"], r["product"]) == (instrument, product))

    def count(self, read: str, account_id: str = "S1") -> int:
        return self.readers[AccountId(account_id)].reads.count(read)

    def configure(self, account_id: str, **changes: Any) -> None:
        secondaries = tuple(
            replace(account, **changes) if account.account_id == account_id else account
            for account in self.rulebook.secondaries
        )
        self.rulebook = replace(self.rulebook, secondaries=secondaries)
        self.portfolios.follow_rules()


@asynccontextmanager
async def at_work(multipliers: dict[str, str] | None = None, **rules: Any) -> AsyncIterator[Desk]:
    """Run until the block ends; nothing may have ended the loops before."""
    desk = Desk(multipliers or {"S1": "1"}, **rules)
    work = asyncio.create_task(desk.portfolios.run())
    await asyncio.sleep(0)
    yield desk
    assert not work.done()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
    await desk.portfolios.close()


def virtually(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Let a test happen in virtual time."""

    def run() -> None:
        run_virtually(test)

    run.__name__ = test.__name__
    return run
