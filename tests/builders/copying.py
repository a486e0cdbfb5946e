"""The engine with its real adapters (Kite wire, SQLite journal) over the embedded exchange."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.feed import KiteFeed
from app.adapters.kite.instruments import KiteInstruments
from app.adapters.kite.roots import Roots, paper_roots
from app.adapters.storage.install_key import install_key
from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.system_clock import SystemClock
from app.domain.accounts import CopyMode
from app.domain.ids import AccountId
from app.domain.orders import OrderType
from app.domain.pacing import Limits
from app.engine.copy_engine import EngineParts
from app.engine.runtime import Runtime, Surroundings
from tests.builders.exchange import ExchangeAddress
from tests.builders.rulebook import a_rulebook, an_account
from tests.builders.running import ScriptedConfig

MULTIPLIERS = {"PA0002": Fraction(1), "PA0003": Fraction(5, 2), "PA0004": Fraction(1, 2)}
ALLOWED = frozenset({OrderType.LIMIT, OrderType.MARKET, OrderType.SL})


def _credentials(account_id: str) -> Credentials:
    low = account_id.lower()
    return Credentials(f"paperkey{low}", f"papertoken{low}")


async def _market_time(roots: Roots) -> datetime:
    """Return the present on the exchange's clock, which gaps in looking are measured on."""
    primary = AccountId("PA0001")
    broker = KiteBroker(primary, credentials=_credentials(primary), roots=roots)
    try:
        order_list = await broker.order_list()
    finally:
        await broker.close()
    assert order_list.broker_time is not None
    return order_list.broker_time


@asynccontextmanager
async def copying_on(
    exchange: ExchangeAddress,
    folder: Path,
    *,
    mode: CopyMode = CopyMode.AUTO,
    poll_interval_s: float = 0.2,
    multipliers: Mapping[str, Fraction] = MULTIPLIERS,
    elsewhere: Mapping[str, str] | None = None,
) -> AsyncIterator[Runtime]:
    """Copy PA0001 to the secondaries while the block lasts, with a push feed and a journal in `folder`.

    `elsewhere` names accounts that go to the exchange by another address, a wire that breaks for example.
    Leaving the block is a kill: nothing is drained, and the journal stays for the next start.
    """
    roots, clock = paper_roots(exchange.root), SystemClock()
    accounts = [an_account(account_id, multiplier) for account_id, multiplier in multipliers.items()]
    rulebook = a_rulebook(*accounts, order_types=ALLOWED)
    instruments = KiteInstruments(
        roots=roots, clock=clock, freeze_quantities=lambda: {"NIFTY": 1800}, folder=None, report=print
    )
    await instruments.refresh()
    key, journal = install_key(folder), SqlJournal(folder / JOURNAL_FILE, clock)
    if journal.last_look() is None:
        journal.note_look(await _market_time(roots))
    parts = EngineParts(
        rulebook=rulebook,
        journal=journal,
        clock=clock,
        instruments=instruments,
        install_key=key,
        limits=Limits(),
        venue="paper",
        first_mode=mode,
        boot_id=uuid4().hex,
        version="test",
    )
    primary = rulebook.primary.account_id
    around = Surroundings(
        broker_for=lambda account_id: KiteBroker(
            AccountId(account_id),
            credentials=_credentials(account_id),
            roots=paper_roots((elsewhere or {}).get(account_id, exchange.root)),
        ),
        renew_sessions=frozenset,
        config_store=ScriptedConfig(rulebook),
        feed=KiteFeed(primary, credentials=_credentials(primary), roots=roots, report=print),
        poll_interval_s=lambda: poll_interval_s,
        limits=Limits,
    )
    runtime = Runtime(parts, around)
    await runtime.start()
    task = asyncio.create_task(runtime.run())
    try:
        yield runtime
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await runtime.close(drain_s=0)
        journal.close()
