"""One seed's world: everything in it, from the first order to the quiet at the end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from app.domain.events import Fact
from app.domain.session import trade_date
from app.engine.rows import Snapshot
from app.exchange.accounts import Account
from app.exchange.venue import Row
from tests.builders.rulebook import PRIMARY
from tests.simulation import chances as chances_of
from tests.simulation.closer import Closer
from tests.simulation.engine_host import EngineHost
from tests.simulation.exchange import Request, SimExchange
from tests.simulation.hands import Hands
from tests.simulation.history import History, keys_of
from tests.simulation.nemesis import Nemesis
from tests.simulation.network import Network
from tests.simulation.night import Night
from tests.simulation.oddities import Doubler, Oddities
from tests.simulation.process import KilledError, Process, follow, register
from tests.simulation.push import PushChannel
from tests.simulation.quiet import Quiet
from tests.simulation.record import Record, closes_a_day
from tests.simulation.rule_edits import RuleEditor
from tests.simulation.setting import POOR, Setting, SimInstruments, draw_setting
from tests.simulation.stage import WHOLE_DAY, Stage
from tests.simulation.stream import Streams
from tests.simulation.tidying import Tidier
from tests.simulation.virtual_loop import VirtualClock, VirtualLoop, repeatable

MARKET_STEP_S = 0.5
"""As often as prices move; each request lets the market catch up as well."""
SETTLE_S = 75.0
FROZEN_S = 15.0
_PATIENT = 20
"""One seed in so many is watched in full after it has come to rest: nothing may happen then."""
_PANIC = 0.01
"""How likely the operator stops everything in the very moment in which an order is on its way."""
_AT_ONCE_S = 0.001


@dataclass(frozen=True, slots=True)
class Sent:
    """A request for an order as it left the engine; `order_id` is what a change names."""

    at_s: float
    life: int
    account_id: str
    action: str
    tag: str | None
    order_id: str | None
    form: dict[str, str]


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that did not hold; `keys` name what it is about, for the history."""

    rule: str
    text: str
    keys: tuple[str, ...] = ()


class World:
    """Builds a world from a seed and lets it live: a day, or the night after `yesterday` and the next one."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        *,
        strength: float = 1.0,
        stage: Stage = WHOLE_DAY,
        yesterday: "World | None" = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self._hook_into(loop)
        self.seed = seed
        self.stage = stage
        self.loop = loop
        self.yesterday = yesterday
        self.day = trade_date(loop.wall)
        self.history: History = yesterday.history if yesterday else History(loop)
        self.record = Record(began_s=self.history.now_s)
        drawn = draw_setting(self._stream("setting"))
        self.setting: Setting = yesterday.setting if yesterday else stage.setting(drawn)
        self.accounts = list(self.setting.cash)
        chances = chances_of.draw(self._stream("chances"), self.accounts, strength=strength)
        self.chances = stage.chances(chances)
        self.drawn = replace(self.chances)
        clock = VirtualClock(loop, self._stream("clock"))
        exchange = yesterday.exchange if yesterday else SimExchange(seed, clock, self.setting.cash)
        self.exchange: SimExchange = exchange
        self.instruments = SimInstruments(self.exchange.venue)
        self.network = Network(self.exchange, self.chances, self._stream("network"), self.history)
        venue = exchange.venue
        self.streams = Streams()
        self.oddities = Oddities(seed, self.chances, self._stream("oddities"), self.history)
        self.doubler = Doubler(venue, self.chances, self._stream("doubles"), self.history)
        self._listen()
        pushes = PushChannel(venue, PRIMARY, self.chances, self._stream("push"), self.history)
        self.host = EngineHost(
            folder=folder,
            setting=self.setting,
            instruments=self.instruments,
            network=self.network,
            chances=self.chances,
            random=self._stream("host"),
            history=self.history,
            tokens={id_: venue.accounts.get(id_).access_token for id_ in self.accounts},
            feed_for=pushes.feed,
            on_commit=self._committed,
            on_lost_journal=self._lost_journal,
            on_runtime=self.streams.follow,
        )
        self._go_on()
        self.night = Night(self, self._stream("night")) if yesterday else None
        self.quiet = Quiet(self.host, self.exchange, self.network, self.record, self.accounts, self.history)
        self.operators = stage.operators(self.host, self._stream("operators"), self.history)
        self.editor = RuleEditor(
            self.host, per_s=self.chances.edits_per_s, random=self._stream("edits"), history=self.history
        )
        self.hands = Hands(
            venue,
            self.accounts[1:],
            self.instruments,
            per_s=self.chances.hands_per_s,
            random=self._stream("hands"),
            history=self.history,
        )
        self.nemesis = Nemesis(
            host=self.host,
            exchange=self.exchange,
            network=self.network,
            accounts=self.accounts,
            chances=self.chances,
            random=self._stream("nemesis"),
            history=self.history,
        )
        self.trader = stage.trader(
            venue, venue.accounts.get(PRIMARY), self.instruments, self._stream("trader"), self.history
        )
        self.committed_tags: dict[str, int] = {}
        self._panics = self._stream("panics")
        self.snapshot: Snapshot | None = None

    def _hook_into(self, loop: VirtualLoop) -> None:
        loop.on_task = register
        loop.on_work = follow
        loop.set_exception_handler(self._unhandled)

    def _listen(self) -> None:
        self.network.on_sent = self._sent
        self.network.on_looked = self._looked
        self.network.on_refused_token = self._refused_token
        self.exchange.venue.on_order.append(self._traded)
        self.exchange.on_list = self.oddities.change
        self.exchange.ledger.on_placed = self.doubler.placed

    def _go_on(self) -> None:
        """Take over from the day before what is to be judged, and how far everything was counted."""
        if self.yesterday is not None:
            self.record.violations += self.yesterday.record.violations
            self.record.unhandled += self.yesterday.record.unhandled
            self.host.follow(self.yesterday.host)

    async def run(self, is_fine: Callable[[], bool]) -> None:
        """Let it live: some trading under faults, then quiet, then a frozen market.

        Quiet and frozen market end when all is at rest, unless what `is_fine` looks at, the snapshot above
        all, is not as it should be at the end: then they go on until it is, and come to rest again. In some
        seeds, and where it never is, they last as long as they may.
        """
        draw = self._stream("day")
        background, work = await self._begin(is_manual=draw.random() < 0.15)
        if self.night is not None:
            await self.night.is_over.wait()
        await self._trade(draw)
        if draw.random() < 0.5:
            await self.trader.flatten()
        await _end(work)
        await self._come_to_rest(background, is_fine)
        self.streams.end()
        await _end(background)
        await self.host.close()

    async def break_off(self) -> None:
        """Let it live until some time in the afternoon, when its engine is killed with whatever is open."""
        background, work = await self._begin(is_manual=False)
        await self._trade(self._stream("day"))
        self.host.kill("for the night")
        await _end([*work, *background])
        await self.host.close()
        self.nemesis.end()

    async def _trade(self, draw: Random) -> None:
        await self.trader.run(draw.uniform(*self.stage.day_s), draw.randint(*self.stage.orders))

    async def _begin(self, *, is_manual: bool) -> "tuple[list[asyncio.Task[None]], list[asyncio.Task[None]]]":
        """Start everything that goes on beside the trading; return what lasts, and what ends with it."""
        spawn = asyncio.get_running_loop().create_task
        background = [spawn(self._market()), spawn(self.host.run())]
        if self.night is not None:
            background.append(spawn(self.night.run()))
        await self.host.has_started.wait()
        plan = self.exchange.service.plan
        for rule in self.chances.rules:
            plan.add(rule, now_s=self.exchange.service.now_s())
        tidier = Tidier(
            self.host,
            self.operators.execute,
            per_s=self.chances.tidies_per_s,
            random=self._stream("tidying"),
        )
        closer = Closer(
            self.host,
            self.operators.execute,
            per_s=self.chances.closings_per_s,
            random=self._stream("closing"),
        )
        work = [
            spawn(self.nemesis.run()),
            spawn(self.operators.run(is_manual=is_manual)),
            spawn(self.hands.run()),
            spawn(tidier.run()),
            spawn(closer.run()),
            spawn(self.editor.run()),
        ]
        return background, work

    async def _come_to_rest(
        self, background: "list[asyncio.Task[None]]", is_fine: Callable[[], bool]
    ) -> None:
        await self._quieten()
        background.append(asyncio.get_running_loop().create_task(self.operators.attend()))
        left_s = SETTLE_S - await self._rest(SETTLE_S)
        for key in self.instruments.keys:
            self.exchange.venue.freeze_price(key, is_frozen=True)
        left_s += FROZEN_S - await self._rest(FROZEN_S)
        self._show()
        while left_s > 0 and not is_fine():
            left_s -= await self._rest(left_s)
            self._show()

    async def _rest(self, most_s: float) -> float:
        if self.seed % _PATIENT == 0:
            await asyncio.sleep(most_s)
            return most_s
        return await self.quiet.come(most_s=most_s)

    def _show(self) -> None:
        life = self.host.life
        self.snapshot = life.runtime.snapshot() if life is not None else None

    def turn_page(self, day: date) -> None:
        """Begin a new day: what was before it is judged no more."""
        if self.yesterday is not None:
            self.yesterday.record.take_evening(self.record)
        self.day = day
        self.record.turn_page(self.history.now_s)
        self.history.turn_page()

    def run_s(self, moment: datetime) -> float:
        """Return a moment of this day in seconds of the run."""
        return (moment - self.loop.began).total_seconds()

    def is_poor(self, account_id: str) -> bool:
        """Tell whether an account has too little money for most orders."""
        return self.setting.cash[account_id] == POOR

    async def _quieten(self) -> None:
        """Let nothing go wrong any more."""
        self.history.note("faults stop")
        self.record.quiet_since_s = self.history.now_s
        self.exchange.service.plan.clear()
        calm = chances_of.draw(repeatable("calm"), self.accounts, strength=0)
        for name in vars(calm):
            setattr(self.chances, name, getattr(calm, name))
        self.nemesis.end()
        self.host.quieten()
        self.editor.put_right()
        await self.operators.put_right()

    async def _market(self) -> None:
        while True:
            self.exchange.venue.step()
            await asyncio.sleep(MARKET_STEP_S)

    def _sent(self, process: Process, account_id: str, request: Request) -> None:
        if request.method == "GET":
            self.history.note("looks", account_id)
            return
        action = {"POST": "place", "PUT": "modify", "DELETE": "cancel"}[request.method]
        form = request.form
        order_id = None if action == "place" else request.path.rsplit("/", 1)[-1]
        sent = Sent(self.history.now_s, process.number, account_id, action, form.get("tag"), order_id, form)
        self.history.note(f"SENDS {action}", account_id, sent.tag, order_id, detail=form)
        self.record.sent.append(sent)
        self._judge(sent)

    def _judge(self, sent: Sent) -> None:
        """Judge what can only be judged at the moment of sending: what was durable, and what was stopped."""
        if self.record.given_up.is_against(sent):
            text = f"A request to {sent.action} left for what the operator had given up."
            self._violation("operator", text, sent)
        if self.operators.is_stop_answered and not self.record.given_up.passes_stop(sent):
            self._violation("stop", f"A request to {sent.action} left after the stop was answered.", sent)
        if sent.account_id in self.record.blocked:
            self._violation("I14", "A request left while its account was blocked.", sent)
        refused_at_s = self.record.refused_token_at_s.get(sent.account_id, float("inf"))
        if sent.at_s > refused_at_s + _AT_ONCE_S:
            self._violation("I14", "A request left on a token that was refused before.", sent)
        if sent.tag is not None:
            number = sum(1 for other in self.record.sent if other.tag == sent.tag)
            if self.committed_tags.get(sent.tag, 0) < number:
                self._violation("I5", "A request to place left before its attempt was durable.", sent)

    def _looked(self, account_id: str, asked_at_s: float) -> None:
        was_fault = self.drawn.may_be_stale and asked_at_s <= (self.record.quiet_since_s or asked_at_s)
        stale_s = chances_of.MOST_STALE_S if was_fault else 0.0
        known = self.record.looks.setdefault(account_id, [])
        known.append((self.history.now_s, asked_at_s - stale_s))
        self.record.asked.setdefault(account_id, []).append(asked_at_s)
        self.record.answered.setdefault(account_id, []).append(self.history.now_s)

    def _refused_token(self, account_id: str) -> None:
        self.record.refused_token_at_s.setdefault(account_id, self.history.now_s)

    def _traded(self, account: Account, row: Row) -> None:
        new = row["filled_quantity"] - self.record.filled.get(row["order_id"], 0)
        if new and row["product"] == "MIS":
            self.record.filled[row["order_id"]] = row["filled_quantity"]
            key = (account.user_id, f"{row['exchange']}:{row['tradingsymbol']}")
            steps = self.record.positions.setdefault(key, [])
            net = steps[-1][1] if steps else 0
            sign = 1 if row["transaction_type"] == "BUY" else -1
            steps.append((self.history.now_s, net + sign * new))

    def _unhandled(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, KilledError):
            self.record.unhandled.append(f"{context.get('message')}: {error!r}")

    def _violation(self, rule: str, text: str, sent: Sent) -> None:
        keys = tuple(key for key in (sent.account_id, sent.tag, sent.order_id) if key)
        self.record.violations.append(Violation(rule, f"{sent.at_s:.3f} s: {text}", keys))

    def _committed(self, process: Process, facts: Sequence[Fact], day: date) -> None:
        if not (self.yesterday and closes_a_day(facts)):
            self.streams.committed(process, facts)
        if self.yesterday is not None and day != self.day:
            self.yesterday.record.facts += [(self.history.now_s, process.number, fact) for fact in facts]
            for fact in facts:
                self.record.follow_block(fact)
                if type(fact).__name__ == "AttemptStarted":
                    tag = str(fact.tag)  # type: ignore[union-attr]  # by its name
                    self.committed_tags[tag] = self.committed_tags.get(tag, 0) + 1
                self.history.note(f"of {day}", *keys_of(fact), detail=repr(fact))
            return
        self.record.given_up.committed(facts)
        for fact in facts:
            name = type(fact).__name__
            if name == "AttemptStarted":
                tag = str(fact.tag)  # type: ignore[union-attr]  # by its name
                self.committed_tags[tag] = self.committed_tags.get(tag, 0) + 1
                if self._panics.random() < _PANIC:
                    self.operators.panic(self._panics.uniform(0.0, 0.06))
            self.record.follow_block(fact)
            self.record.facts.append((self.history.now_s, process.number, fact))
            self.history.note(name, *keys_of(fact), detail=fact)

    def _lost_journal(self) -> None:
        """Forget what only the journal knew; the stop is among it, and the operator knows."""
        self.record.losses.append((self.history.now_s, len(self.record.facts)))
        self.streams.lost_journal()
        self.record.given_up.lost_journal()
        self.operators.lost_journal()

    def _stream(self, name: str) -> Random:
        return repeatable(f"{name} {self.seed} again" if self.yesterday else f"{name} {self.seed}")


async def _end(tasks: "list[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
