"""The copier's heart: every message enters here, is decided, journalled, shown and only then acted upon."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b

import msgspec

from app.domain import events as e
from app.domain.accounts import CopyMode, Rulebook
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.pacing import Limits
from app.domain.reasons import ReasonCode
from app.domain.session import IST, trade_date
from app.engine import messages as m
from app.engine.answering import block, session_lost_text, take_amendment_answer, take_answer, unblock
from app.engine.commanding import carry_out
from app.engine.deciding import take_primary_list
from app.engine.diverging import tell_of_divergence
from app.engine.following import follow_account, follow_order
from app.engine.hands import watch_hands
from app.engine.lane import Doubt, Lane
from app.engine.matching import take_secondary_list
from app.engine.releasing import release
from app.engine.rows import StatusRow
from app.engine.service import Answer, AnyCommand
from app.engine.state import EngineState
from app.engine.turn import Turn
from app.engine.view import View
from app.ports.broker import OrderList
from app.ports.clock import Clock
from app.ports.instruments import Instruments
from app.ports.journal import CommandAnswer, Journal

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
    the journal. When the journal fails, JournalError leaves `handle` and no effect does: the process has
    to end and to start again from the journal (order protocol, rule 13).
    """

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._clock_ahead = timedelta(0)
        self._day: date | None = None
        self._is_undecided = True
        self._tell_at_s = float("-inf")
        self.due_at_s = float("inf")
        self._limits = parts.limits
        self.rulebook = parts.rulebook
        self.state = EngineState()
        self.state.copy_mode = parts.first_mode
        self.lanes: dict[AccountId, Lane] = {}
        self.view = View(self.state, self.lanes, _first_status(parts))
        self._take_rulebook(parts.rulebook)

    def start(self, first_list: OrderList | None) -> None:
        """Rebuild the state from the journal and note the boot; `first_list` tells the broker's clock.

        Attempts without an outcome become IN_DOUBT. A first start and one after `kill -9` are the same.
        """
        self._learn_clock(first_list)
        self._day = trade_date(self.broker_now)
        self.view.status["trade_date"] = self._day.isoformat()
        for recorded in self._parts.journal.recover(self._day):
            self.state.apply(recorded.fact, recorded.at)
        for account_id, moments in self.state.sends.items():
            for moment in moments if account_id in self.lanes else ():
                self.lanes[account_id].budget.spend(moment.timestamp())
        turn = self._turn()
        parts = self._parts
        started = e.EngineStarted(
            boot_id=parts.boot_id, version=parts.version, revision=self.rulebook.revision
        )
        turn.record(started)
        self._commit(turn, None)
        for account_id, lane in self.lanes.items():
            for leg in self.state.alive_legs(account_id):
                if leg.state is CopyState.IN_DOUBT:
                    lane.doubts[leg.tag] = Doubt(turn.now_s)
        self._show()

    def handle(self, message: m.Message) -> list[m.Effect]:
        """Take one message in and return what is to be sent because of it."""
        turn = self._turn()
        match message:
            case m.PrimaryListRead():
                turn = self._take_primary_look(message)
            case m.SecondaryListRead():
                take_secondary_list(turn, message)
                watch_hands(turn, message.account_id)
                follow_account(turn, message.account_id)
                self._note_look(turn, message.account_id)
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
        return self._finish(turn, None)

    def command(self, command: AnyCommand) -> tuple[Answer, list[m.Effect]]:
        """Carry out a command, or answer it as before where its id was answered before."""
        fingerprint = blake2b(repr(replace(command, command_id="", by="")).encode()).hexdigest()
        known = self._parts.journal.answer_of(command.command_id)
        if known is not None and known.fingerprint == fingerprint:
            return msgspec.json.decode(known.answer, type=Answer), []
        if known is not None:
            text = "This command id was used for another command before. Nothing was done."
            return Answer(command_id=command.command_id, accepted=False, message=text), []
        turn = self._turn()
        answer = carry_out(turn, command)
        text = msgspec.json.encode(answer).decode()
        effects = self._finish(turn, CommandAnswer(command.command_id, fingerprint, text))
        return answer, effects

    def may_send(self, account_id: AccountId) -> bool:
        """Say at the moment of sending whether an account may still send (order protocol, rule 15)."""
        return not self.state.is_stopped and account_id not in self.state.blocked

    @property
    def broker_now(self) -> datetime:
        """The present on the broker's clock."""
        return self._parts.clock.now() + self._clock_ahead

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

    def show_refused_rules(self, text: str | None) -> None:
        """Show that an edit of the configuration was refused, and why."""
        self.view.status["config_refused"] = text
        self._publish(is_status_new=True)

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
            broker_now=self.broker_now,
            jitter=clock.random(),
        )

    def _take_primary_look(self, message: m.PrimaryListRead) -> Turn:
        self._learn_clock(message.order_list)
        turn = self._turn()
        if self._day is not None and turn.day != self._day:
            raise DayChangedError(f"The trading day is {turn.day} now, it was {self._day}.")
        if not message.order_list.is_unchanged or self._is_undecided:
            take_primary_list(turn, message)
        self._is_undecided = any(not known.is_decided for known in self.state.primary_orders.values())
        self._note_look(turn, self.rulebook.primary.account_id)
        return turn

    def _note_look(self, turn: Turn, account_id: AccountId) -> None:
        lane = self.lanes[account_id]
        if self.view.looks.succeeded(account_id, turn.now, is_asked=lane.is_look_asked):
            self.state.changed.accounts[account_id] = None
            lane.is_look_asked = False

    def _learn_clock(self, order_list: OrderList | None) -> None:
        if order_list is not None and order_list.broker_time is not None:
            self._clock_ahead = order_list.broker_time - self._parts.clock.now()

    def _finish(self, turn: Turn, answer: CommandAnswer | None) -> list[m.Effect]:
        release(turn)
        self.due_at_s = turn.due_at_s
        for order_id in list(self.state.changed.orders):
            follow_order(turn, order_id)
        if turn.now_s >= self._tell_at_s:
            self._tell_at_s = turn.now_s + TELL_EVERY_S
            tell_of_divergence(turn)
            for account_id in self.lanes:
                follow_account(turn, account_id)
        self._warn_of_budgets(turn)
        self._commit(turn, answer)
        self._show()
        return turn.effects

    def _commit(self, turn: Turn, answer: CommandAnswer | None) -> None:
        if turn.facts or answer is not None:
            self._parts.journal.append(turn.facts, day=self._day or turn.day, answer=answer)

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
                self.lanes[account.account_id] = Lane(account.account_id, self._limits)


def _first_status(parts: EngineParts) -> StatusRow:
    now = parts.clock.now()
    return {
        "venue": parts.venue,
        "copy_mode": parts.first_mode,
        "is_stopped": False,
        "stopped_by": None,
        "started_at": now.isoformat(),
        "trade_date": now.astimezone(IST).date().isoformat(),
        "looked_at": None,
        "looking_fails": None,
        "revision": parts.rulebook.revision,
        "config_refused": None,
    }
