"""The copier's heart: every message enters here, is decided, journalled, shown and only then acted upon."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

import msgspec

from app.domain import events as e
from app.domain.accounts import CopyMode, Rulebook
from app.domain.cancelling import is_over_for_operator
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.pacing import Limits
from app.domain.reasons import ReasonCode
from app.domain.session import trade_date
from app.engine import messages as m
from app.engine.answering import block, session_lost_text, take_amendment_answer, take_answer, unblock
from app.engine.cancelling import tell_of_missing_exits
from app.engine.closing import pursue
from app.engine.commanding import carry_out
from app.engine.day import BrokerDay
from app.engine.deciding import take_primary_list
from app.engine.diverging import tell_of_divergence
from app.engine.following import follow_account, follow_order
from app.engine.growing import grow
from app.engine.hands import watch_hands
from app.engine.lane import Doubt, Lane
from app.engine.leftovers import close_day_before
from app.engine.matching import take_secondary_list
from app.engine.previewing import Draft, preview
from app.engine.releasing import release
from app.engine.retrying import offer_retries
from app.engine.rows import FeedRow
from app.engine.service import Answer, AnyCommand, AnyQuery
from app.engine.squaring_off import PositionsSeen
from app.engine.state import EngineState
from app.engine.status_row import first_status, market_row
from app.engine.turn import Turn
from app.engine.view import View
from app.engine.withdrawing import withdraw
from app.ports.broker import OrderList
from app.ports.clock import Clock
from app.ports.instruments import Instruments
from app.ports.journal import CommandAnswer, Journal, JournalError

TELL_EVERY_S = 0.5
"""How often everything that rests is looked through; what just changed is seen to at once."""


class DayChangedError(Exception):
    """The broker's trading day is another one now: the engine has to be started anew for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """What a copy engine is made of. `first_mode` holds until the operator says otherwise."""

    rulebook: Rulebook
    journal: Journal
    clock: Clock
    instruments: Instruments
    install_key: bytes
    limits: Limits
    venue: str
    first_mode: CopyMode
    boot_id: str
    version: str


class CopyEngine:
    """Decides everything and does nothing: what it wants sent, it returns as effects.

    Synchronous and alone in its thread. One message is one turn; one turn is at most one transaction of
    the journal. When the journal fails, JournalError leaves `handle` and no effect does, nothing is shown
    and every later turn is refused: the process has to end and to start again from the journal (order
    protocol, rule 13). So it is when a turn breaks: what it has noted so far is nowhere else.
    """

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._day = BrokerDay(parts.clock)
        self._unclosed_day: date | None = None
        self._is_first_look_late = False
        self._is_list_passed_over = False
        self._is_undecided = True
        self._is_unwritten = False
        self._tell_at_s = float("-inf")
        self.due_at_s = float("inf")
        self._limits = parts.limits
        self.rulebook = parts.rulebook
        self.state = EngineState()
        self.state.copy_mode = parts.first_mode
        self.lanes: dict[AccountId, Lane] = {}
        self.view = View(
            self.state,
            self.lanes,
            first_status(parts.venue, parts.first_mode, parts.rulebook.revision, parts.clock.now()),
        )
        self._take_rulebook(parts.rulebook)

    def start(self, first_list: OrderList | None) -> None:
        """Rebuild the state from the journal and note the boot; `first_list` tells the broker's clock.

        Attempts without an outcome become IN_DOUBT. A first start and one after `kill -9` are the same.
        """
        self._day.learn(first_list)
        today = self._day.begin()
        journal = self._parts.journal
        self.view.status["trade_date"] = today.isoformat()
        closed_day = None
        for recorded in journal.recover(today):
            self.state.apply(recorded.fact, recorded.at)
            if isinstance(recorded.fact, e.DayClosed):
                closed_day = recorded.fact.day
        day_before = journal.last_day(before=today)
        self._is_first_look_late = day_before is not None and not self.state.boot_id
        self._unclosed_day = None if day_before == closed_day else day_before
        for lane in self.lanes.values():
            self._count_sends(lane)
        turn = self._begin()
        parts = self._parts
        started = e.EngineStarted(
            boot_id=parts.boot_id, version=parts.version, revision=self.rulebook.revision
        )
        turn.record(started)
        self._close_day_before(turn)
        self._commit(turn, None)
        for account_id, lane in self.lanes.items():
            for leg in self.state.alive_legs(account_id):
                if leg.state is CopyState.IN_DOUBT:
                    lane.doubts[leg.tag] = Doubt(turn.now_s)
        offer_retries(turn, self.view.offered, (), is_time_for_all=True)
        self._show()

    def handle(self, message: m.Message) -> list[m.Effect]:
        """Take one message in and return what is to be sent because of it.

        Raises DayChangedError once the broker's day is another one.
        """
        self._keep_time(message)
        turn = self._begin()
        self._close_day_before(turn)
        match message:
            case m.PrimaryListRead() if self._day.is_over:
                self._is_list_passed_over = True
            case m.PrimaryListRead():
                self._take_primary_look(turn, message)
            case m.SecondaryListRead():
                self._take_secondary_look(turn, message)
            case m.AttemptAnswered():
                take_answer(turn, message)
            case m.AmendmentAnswered():
                take_amendment_answer(turn, message)
            case m.SessionLost():
                text = session_lost_text(message.message)
                block(turn, message.account_id, ReasonCode.SESSION_EXPIRED, text)
            case m.SessionRenewed():
                unblock(turn, message.account_id)
            case m.RulesReplaced():
                self._replace_rules(turn, message)
            case m.Noticed(text=text):
                turn.alert(text)
            case m.TimePassed():
                pass
        whose = {message.account_id} if isinstance(message, m.AboutOneAccount) else set[AccountId]()
        return self._finish(turn, None, whose)

    def command(
        self, command: AnyCommand, positions: PositionsSeen | None = None
    ) -> tuple[Answer, list[m.Effect]]:
        """Carry out a command, or answer it as before where its id was answered before.

        `positions` are what the broker shows the accounts to hold, for a command that needs them.
        """
        fingerprint = blake2b(repr(replace(command, command_id="", by="")).encode()).hexdigest()
        known = self._parts.journal.answer_of(command.command_id)
        if known is not None and known.fingerprint == fingerprint:
            return msgspec.json.decode(known.answer, type=Answer), []
        if known is not None:
            text = "This command id was used for another command before. Nothing was done."
            return Answer(command_id=command.command_id, accepted=False, message=text), []
        if self._day.is_over:
            text = "The trading day is just changing. Nothing was done: press again in a few seconds."
            return Answer(command_id=command.command_id, accepted=False, message=text), []
        turn = self._begin()
        answer = carry_out(turn, command, positions)
        text = msgspec.json.encode(answer).decode()
        effects = self._finish(turn, CommandAnswer(command.command_id, fingerprint, text), set(self.lanes))
        return answer, effects

    def preview(self, query: AnyQuery) -> Draft:
        """Say what a command would send at this moment; changes and records nothing."""
        return preview(self._turn(), query)

    def may_send(self, effect: m.Effect) -> bool:
        """Say at the moment of sending whether an account may still send this (order protocol, rule 15).

        Of a copy that the operator cancelled only cancellations may, while copying is stopped as well
        (docs/adr/0019). So may square-offs that were asked for after the stop (docs/adr/0020).
        """
        if effect.account_id in self.state.blocked or self._day.is_over:
            return False
        copy = self.state.copy_of(self.state.leg_of(effect.tag))
        if is_over_for_operator(copy):
            return isinstance(effect, m.Amend) and effect.modification is None
        return not self.state.is_stopped or copy.copy_id in self.state.passes_stop

    def note_leaving(self, effect: m.Effect) -> None:
        """Learn that an order, or a change of one, is being written to the wire."""
        self.lanes[effect.account_id].budget.left(m.budget_key(effect), self._parts.clock.monotonic())

    def show_looking(self, account_id: AccountId, *, fails: str | None) -> None:
        """Show whether an account's order list can be read; `fails` says why not."""
        now = self._parts.clock.now()
        if fails is not None and self.view.looks.failed(account_id, fails, now):
            self.state.changed.accounts[account_id] = None
        is_primary = account_id == self.rulebook.primary.account_id
        if is_primary:
            status = self.view.status
            status["looked_at"] = now.isoformat() if fails is None else status["looked_at"]
            status["looking_fails"] = fails
        self._publish(is_status_new=is_primary)

    def show_feed(self, feed: FeedRow) -> None:
        """Show how the broker's pushes stand; does nothing while that is as shown."""
        if self.view.status["feed"] != feed:
            self.view.status["feed"] = feed
            self._publish(is_status_new=True)

    def show_market(self) -> None:
        """Show the market's phase by the broker's clock; does nothing while that is as shown."""
        market = market_row(self._day.now)
        if self.view.status["market"] != market:
            self.view.status["market"] = market
            self._publish(is_status_new=True)

    def show_refused_rules(self, text: str | None) -> None:
        """Show that an edit of the configuration was refused, and why."""
        self.view.status["config_refused"] = text
        self._publish(is_status_new=True)

    def _begin(self) -> Turn:
        """Begin a turn that ends in `_commit`; JournalError where the last one did not."""
        if self._is_unwritten:
            text = (
                "What was decided last could not be recorded. Nothing more is, until the engine starts anew."
            )
            raise JournalError(text)
        self._is_unwritten = True
        return self._turn()

    def _turn(self) -> Turn:
        clock = self._parts.clock
        return Turn(
            state=self.state,
            lanes=self.lanes,
            rulebook=self.rulebook,
            instruments=self._parts.instruments,
            install_key=self._parts.install_key,
            now=clock.now(),
            now_s=clock.monotonic(),
            broker_now=self._day.now,
            jitter=clock.random(),
        )

    def _keep_time(self, message: m.Message) -> None:
        """Hear the broker's clock, the primary's where it can be read; look whether its day is over."""
        match message:
            case m.PrimaryListRead():
                self._day.learn(message.order_list)
            case m.SecondaryListRead() if not self._day.is_told:
                self._day.learn(message.order_list)
        is_time_told = isinstance(message, m.PrimaryListRead | m.SecondaryListRead | m.TimePassed)
        if is_time_told and self._day.has_changed():
            day = trade_date(self._day.now)
            raise DayChangedError(f"The trading day is {day} now, it was {self._day.today}.")

    def _close_day_before(self, turn: Turn) -> None:
        """See to what an earlier day left open; not before the broker has told that it is over."""
        if self._unclosed_day is not None and self._day.is_told and not self._day.is_over:
            day, self._unclosed_day = self._unclosed_day, None
            close_day_before(turn, self._parts.journal, day)

    def _take_primary_look(self, turn: Turn, message: m.PrimaryListRead) -> None:
        order_list = self._day.of_today(self.rulebook.primary.account_id, message.order_list)
        gap_s = None if self._is_first_look_late else message.gap_s
        if not order_list.is_unchanged or self._is_undecided or self._is_list_passed_over:
            take_primary_list(turn, m.PrimaryListRead(order_list, gap_s))
        self._is_first_look_late = self._is_list_passed_over = False
        self._is_undecided = any(not known.is_decided for known in self.state.primary_orders.values())
        self._note_look(turn, self.rulebook.primary.account_id)

    def _take_secondary_look(self, turn: Turn, message: m.SecondaryListRead) -> None:
        account_id = message.account_id
        order_list = self._day.of_today(account_id, message.order_list)
        if order_list is not message.order_list:
            message = replace(message, order_list=order_list)
        take_secondary_list(turn, message)
        watch_hands(turn, account_id)
        if not self._day.is_over:
            follow_account(turn, account_id)
        self._note_look(turn, account_id)

    def _note_look(self, turn: Turn, account_id: AccountId) -> None:
        lane = self.lanes[account_id]
        if self.view.looks.succeeded(account_id, turn.now, is_asked=lane.is_look_asked):
            self.state.changed.accounts[account_id] = None
            lane.is_look_asked = False

    def _finish(
        self, turn: Turn, answer: CommandAnswer | None, whose: AbstractSet[AccountId]
    ) -> list[m.Effect]:
        if not self._day.is_over:
            self._send_what_is_due(turn, whose)
        self._warn_of_budgets(turn)
        self._commit(turn, answer)
        self._show()
        return turn.effects

    def _send_what_is_due(self, turn: Turn, whose: AbstractSet[AccountId]) -> None:
        """Weigh again what waits in the accounts that the turn is about; in all of them now and then.

        What concerns all is new primary orders, switches and rules: an account's list says nothing of others.
        """
        changed = self.state.changed
        is_time_for_all = turn.now_s >= self._tell_at_s
        is_for_all = is_time_for_all or changed.orders or changed.status
        grow(turn, is_time_for_all=is_time_for_all)
        orders = self.state.primary_orders
        withdraw(turn, {orders[order_id].order.instrument for order_id in changed.orders})
        for account_id, lane in self.lanes.items():
            if is_for_all or account_id in whose or lane.due_at_s <= turn.now_s:
                pursue(turn, lane)
                release(turn, lane)
        self.due_at_s = min(lane.due_at_s for lane in self.lanes.values())
        for order_id in list(changed.orders):
            follow_order(turn, order_id)
            tell_of_missing_exits(turn, order_id)
        if is_time_for_all:
            self._tell_at_s = turn.now_s + TELL_EVERY_S
            withdraw(turn, None)
            tell_of_divergence(turn)
            for account_id in self.lanes:
                follow_account(turn, account_id)
        offer_retries(turn, self.view.offered, whose, is_time_for_all=is_time_for_all)

    def _commit(self, turn: Turn, answer: CommandAnswer | None) -> None:
        if turn.facts or answer is not None:
            self._parts.journal.append(turn.facts, day=self._day.today, answer=answer)
        self._is_unwritten = False

    def _warn_of_budgets(self, turn: Turn) -> None:
        for lane in self.lanes.values():
            if lane.budget.is_nearly_spent and lane.report_once("budget"):
                spent = lane.budget.spent_today
                text = f"{spent} orders sent today. Kite refuses every order, exits too, after 5,000 a day."
                turn.alert(text, account_id=lane.account_id)

    def _show(self) -> None:
        status = self.view.status
        status["copy_mode"] = self.state.copy_mode
        status["is_stopped"] = self.state.is_stopped
        status["stopped_by"] = self.state.stopped_by
        status["revision"] = self.rulebook.revision
        self._publish(is_status_new=False)

    def _publish(self, *, is_status_new: bool) -> None:
        if not self._is_unwritten:
            self.view.publish(self.state.take_changed(), is_status_new=is_status_new)

    def _replace_rules(self, turn: Turn, message: m.RulesReplaced) -> None:
        self._limits = message.limits
        self._take_rulebook(message.rulebook)
        for lane in self.lanes.values():
            lane.budget.limits = message.limits
        turn.rulebook = message.rulebook
        self.view.status["config_refused"] = None
        turn.record(e.RulesChanged(revision=message.rulebook.revision, summary=message.summary))
        accounts = (message.rulebook.primary, *message.rulebook.secondaries)
        self.state.changed.accounts.update(dict.fromkeys(account.account_id for account in accounts))

    def _take_rulebook(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.view.rulebook = rulebook
        for account in (rulebook.primary, *rulebook.secondaries):
            if account.account_id not in self.lanes:
                lane = self.lanes[account.account_id] = Lane(account.account_id, self._limits)
                self._count_sends(lane)

    def _count_sends(self, lane: Lane) -> None:
        """Let an account's budget know what the journal has of today, as if this process had sent it."""
        now, now_s = self._parts.clock.now(), self._parts.clock.monotonic()
        ages_s = (
            max((now - moment).total_seconds(), 0.0) for moment in self.state.sends.get(lane.account_id, ())
        )
        for age_s in sorted(ages_s, reverse=True):
            lane.budget.spend(now_s - age_s)
