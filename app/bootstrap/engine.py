"""The engine process: its adapters chosen, its loop run, its end explained."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from app.adapters.files.config_store import JsonConfigStore
from app.adapters.kite.account_reader import KiteAccountReader
from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.feed import KiteFeed
from app.adapters.kite.instruments import KiteInstruments
from app.adapters.kite.roots import Roots
from app.adapters.storage.faults import DiskError
from app.adapters.storage.install_key import install_key
from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.system_clock import SystemClock
from app.bootstrap.configuration import config_store, roots_of
from app.bootstrap.logs import Redactor, configure_logs
from app.bootstrap.options import EngineOptions
from app.bootstrap.unwritable import until_writable
from app.domain.accounts import CopyMode
from app.domain.ids import AccountId
from app.domain.session import trade_date
from app.engine.copy_engine import DayChangedError, EngineParts
from app.engine.link import LinkServer
from app.engine.runtime import Runtime, Surroundings
from app.ports.broker import BrokerUnavailableError
from app.ports.config_store import ConfigRefusedError
from app.ports.journal import JournalError
from app.ports.order_feed import OrderFeed
from app.settings import Venue
from app.version import VERSION

EXIT_UNUSABLE = 2
EXIT_START_AGAIN = 75
"""The supervisor starts the engine anew: the day changed, or the journal failed."""
BEAT_EVERY_S = 1.0
INSTRUMENTS_EVERY_S = 1800.0
INSTRUMENTS_AGAIN_S = 5.0
_UNTIL_THERE = "Lot sizes are not known without it, so no order is copied until it is there."
_LAST_STAYS = "The last one stays in use."
_log = logging.getLogger("tandem.engine")


def run_engine(options: EngineOptions) -> int:
    """Run the engine until SIGTERM, return its exit code; prints `engine ready …` once it serves its link."""
    redactor = configure_logs("engine", options.settings, options.venue)
    redactor.hide([options.link.secret])
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_Engine(options, redactor).run())
    except ConfigRefusedError as e:
        return _refuse(e)
    except JournalError as e:
        _log.critical("The journal cannot be written, so nothing is sent: %s", e)
        return EXIT_START_AGAIN


def _refuse(why: Exception) -> int:
    print(why, file=sys.stderr)  # noqa: T201 - the operator reads why it cannot start
    return EXIT_UNUSABLE


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop where it is installed; it is not on Windows."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return None
    return uvloop.new_event_loop


class _Engine:
    """The engine's adapters and the runtime over them."""

    def __init__(self, options: EngineOptions, redactor: Redactor) -> None:
        self._options = options
        self._redactor = redactor
        self._clock = SystemClock()
        self._roots: Roots = roots_of(options.settings, options.venue)
        self._home: Path = options.settings.home(options.venue)
        self._store: JsonConfigStore = config_store(options.settings, options.venue)
        self._store.load()
        self._brokers: dict[AccountId, KiteBroker] = {}
        self._readers: dict[AccountId, KiteAccountReader] = {}
        self._tokens: dict[AccountId, str] = {}
        self._feed: KiteFeed | None = None
        self._runtime: Runtime | None = None

    async def run(self) -> int:
        beating = asyncio.ensure_future(_beat(self._options.beat))
        try:
            return await self._run()
        finally:
            beating.cancel()

    async def _run(self) -> int:
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            key = install_key(self._home)
            journal = SqlJournal(self._home / JOURNAL_FILE, self._clock)
            self._forget_old_days(journal)
        except DiskError:
            raise  # there may be room soon: the supervisor tries again
        except JournalError as e:
            return _refuse(e)
        try:
            instruments = self._instruments()
            runtime = self._runtime = Runtime(self._parts(journal, instruments, key), self._around())
            with suppress(BrokerUnavailableError):
                await instruments.refresh()
            try:
                await runtime.start()
            except JournalError as e:
                primary = runtime.engine.rulebook.primary.account_id
                runtime.engine.show_looking(primary, fails=str(e))  # draws what was recovered
                return await self._wait_for_journal(journal, runtime, e)
            try:
                return await self._serve(runtime, instruments)
            except JournalError as e:
                return await self._wait_for_journal(journal, runtime, e)
        finally:
            journal.close()

    def _forget_old_days(self, journal: SqlJournal) -> None:
        """Keep the journal as short as the operator wants it; JournalError where it cannot be written."""
        if self._options.settings.keep_days:
            oldest = trade_date(self._clock.now()) - timedelta(days=self._options.settings.keep_days)
            _log.info("%d facts of days before %s were taken out.", journal.forget(oldest), oldest)

    async def _serve(self, runtime: Runtime, instruments: KiteInstruments) -> int:
        server = LinkServer(runtime, self._options.link.secret)
        port = await server.start(port=self._options.link.port)
        print(f"engine ready 127.0.0.1:{port}", flush=True)  # noqa: T201 - the supervisor waits for it
        try:
            return await self._until_end(runtime, instruments)
        finally:
            await server.close()
            await runtime.close()

    async def _wait_for_journal(self, journal: SqlJournal, runtime: Runtime, why: JournalError) -> int:
        _log.critical("The journal failed, so nothing is sent: %s", why)
        file = self._home / JOURNAL_FILE
        is_writable = await until_writable(journal, file, runtime.snapshot(), str(why), self._options.link)
        return EXIT_START_AGAIN if is_writable else 0

    async def _until_end(self, runtime: Runtime, instruments: KiteInstruments) -> int:
        """Run until a signal (0) or until the engine has to start anew; JournalError where that failed."""
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(runtime.run())
        fresh = asyncio.ensure_future(_keep_fresh(instruments, self._notice))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        try:
            await work
        except asyncio.CancelledError:
            return 0
        except ExceptionGroup as group:
            _, unforeseen = group.split((DayChangedError, JournalError))
            if unforeseen is not None:
                raise unforeseen from None
            failed, _ = group.split(JournalError)
            if failed is not None:
                raise _first_of(failed) from None
            _log.critical("The engine starts again from its journal: %s", _first_of(group))
        finally:
            fresh.cancel()
        return EXIT_START_AGAIN

    def _parts(self, journal: SqlJournal, instruments: KiteInstruments, key: bytes) -> EngineParts:
        is_paper = self._options.venue is Venue.PAPER
        return EngineParts(
            rulebook=self._store.load(),
            journal=journal,
            clock=self._clock,
            instruments=instruments,
            install_key=key,
            limits=self._store.pace.limits,
            venue=self._options.venue,
            first_mode=CopyMode.AUTO if is_paper else CopyMode.MANUAL,
            boot_id=uuid4().hex,
            version=VERSION,
        )

    def _around(self) -> Surroundings:
        return Surroundings(
            broker_for=self._broker,
            renew_sessions=self._renew_sessions,
            config_store=self._store,
            feed=self._order_feed(),
            poll_interval_s=lambda: self._store.pace.poll_interval_s,
            limits=lambda: self._store.pace.limits,
            reader_for=self._reader,
        )

    def _instruments(self) -> KiteInstruments:
        is_paper = self._options.venue is Venue.PAPER
        rulebook = self._store.load()
        return KiteInstruments(
            roots=self._roots,
            clock=self._clock,
            freeze_quantities=self._freeze_quantities,
            # The exchange in this tree names its contracts after its own day: no file of it is kept.
            folder=None if is_paper else self._home / "instruments",
            report=self._notice,
            egress=self._egress(rulebook.primary.account_id),
        )

    def _freeze_quantities(self) -> dict[str, int]:
        runtime = self._runtime
        rulebook = runtime.engine.rulebook if runtime else self._store.load()
        return rulebook.rules.freeze_quantities

    def _order_feed(self) -> OrderFeed | None:
        if not self._store.pace.is_push_on:
            return None
        primary = self._store.load().primary.account_id
        self._feed = KiteFeed(
            primary,
            credentials=self._credentials(primary),
            roots=self._roots,
            report=self._notice,
            egress=self._egress(primary),
        )
        return self._feed

    def _broker(self, account_id: AccountId) -> KiteBroker:
        self._tokens[account_id] = self._store.credentials(account_id).access_token
        broker = KiteBroker(
            account_id,
            credentials=self._credentials(account_id),
            roots=self._roots,
            egress=self._egress(account_id),
        )
        self._brokers[account_id] = broker
        return broker

    def _reader(self, account_id: AccountId) -> KiteAccountReader:
        """Make what reads an account beside its broker, over connections and by a pace of its own."""
        self._readers[account_id] = KiteAccountReader(
            account_id,
            credentials=self._credentials(account_id),
            roots=self._roots,
            egress=self._egress(account_id),
        )
        return self._readers[account_id]

    def _credentials(self, account_id: AccountId) -> Credentials:
        found = self._store.credentials(account_id)
        self._redactor.hide([found.api_key, found.access_token, found.api_secret, found.egress.proxy])
        return Credentials(found.api_key, found.access_token)

    def _egress(self, account_id: AccountId) -> Egress:
        found = self._store.credentials(account_id).egress
        return Egress(source_address=found.source_address, proxy_url=found.proxy)

    def _renew_sessions(self) -> frozenset[AccountId]:
        """Give every broker and reader the token that the configuration has now; return whose is new."""
        renewed: set[AccountId] = set()
        for account_id, broker in self._brokers.items():
            try:
                token = self._store.credentials(account_id).access_token
            except KeyError:
                continue
            if token == self._tokens[account_id]:
                continue
            self._redactor.hide([token])
            broker.set_token(token)
            if account_id in self._readers:
                self._readers[account_id].set_token(token)
            self._tokens[account_id] = token
            renewed.add(account_id)
            if self._feed is not None and account_id == self._store.load().primary.account_id:
                self._feed.set_token(token)
        return frozenset(renewed)

    def _notice(self, text: str) -> None:
        """Show the operator what an adapter has to say."""
        _log.warning("%s", text)
        if self._runtime is not None and self._runtime.is_started:
            self._runtime.notice(text)


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a group, whatever it is wrapped in."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


async def _beat(beat: Callable[[], None]) -> None:
    """Show the supervisor that the loop turns."""
    while True:
        beat()
        await asyncio.sleep(BEAT_EVERY_S)


async def _keep_fresh(instruments: KiteInstruments, report: Callable[[str], None]) -> None:
    """Read the instrument list until it is there, then now and then: Kite renews it each morning."""
    has_told = False
    while True:
        if instruments.is_ready:
            await asyncio.sleep(INSTRUMENTS_EVERY_S)
        try:
            await instruments.refresh()
            has_told = False
        except BrokerUnavailableError as e:
            if not has_told:
                report(f"{e} {_UNTIL_THERE if not instruments.is_ready else _LAST_STAYS}")
                has_told = True
            await asyncio.sleep(INSTRUMENTS_AGAIN_S)
