"""One account in trouble: every other account's order leaves in the same turn, and waits for nobody.

No clocks here: what is counted are turns of the engine and of the event loop. `bench/isolation.py` measures.
"""

import asyncio
from collections.abc import Callable
from typing import NoReturn, cast

import pytest

from app.domain.copies import LegOrder
from app.domain.ids import AccountId, ClientOrderId
from app.engine.dispatcher import Dispatcher
from app.engine.messages import Effect, Message, Send
from app.ports.broker import Accepted, Broker, Outcome, Rejected, SessionExpired, Unknown
from tests.builders.copier import Copier, an_order_for

ACCOUNTS = [AccountId(f"S{number}") for number in range(1, 9)]
TROUBLED = ACCOUNTS[0]


class Door:
    """A broker that notes who came, and keeps those of one account waiting for ever."""

    def __init__(self, account_id: AccountId, came: list[AccountId]) -> None:
        self.account_id = account_id
        self._came = came

    async def place(self, _order: LegOrder, _tag: ClientOrderId, _may_send: Callable[[], bool]) -> Outcome:
        self._came.append(self.account_id)
        if self.account_id == TROUBLED:
            await asyncio.Event().wait()
        return Accepted(f"order of {self.account_id}")  # type: ignore[arg-type]  # any id will do


def fail(error: BaseException) -> NoReturn:
    raise error


async def test_a_hanging_send_is_not_waited_for_by_the_sends_behind_it() -> None:
    came: list[AccountId] = []
    answered: list[Message] = []
    doors = cast("dict[AccountId, Broker]", {one: Door(one, came) for one in ACCOUNTS})
    dispatcher = Dispatcher(
        doors, may_send=lambda _: True, leaves=lambda *_: None, post=answered.append, fail=fail
    )
    effects: list[Effect] = [Send(one, ClientOrderId(f"TC{one}"), 1, an_order_for()) for one in ACCOUNTS]

    dispatcher.dispatch(effects)
    await asyncio.sleep(0)

    assert came == ACCOUNTS, "one turn of the loop, and every order is on its way"
    await asyncio.sleep(0)
    assert len(answered) == len(ACCOUNTS) - 1
    await dispatcher.drain(timeout_s=0)


@pytest.mark.parametrize(
    "outcome",
    [None, Unknown("timed out"), Rejected("No margin.", "MarginException"), SessionExpired("token")],
    ids=["hangs", "loses answers", "refuses", "is logged out"],
)
def test_the_healthy_accounts_orders_leave_in_the_turn_that_decides_them(outcome: Outcome | None) -> None:
    copier = Copier(dict.fromkeys(ACCOUNTS, "1"))
    for _ in range(3):
        already_sent = len(copier.sent)
        copier.primary_places()
        sent = copier.sent[already_sent:]
        healthy = [send for send in sent if send.account_id != TROUBLED]
        assert [send.account_id for send in healthy] == ACCOUNTS[1:], "all of them, within the one turn"
        for send in sent:
            if send.account_id != TROUBLED:
                copier.accept(send)
            elif outcome is not None:
                copier.answer(send, outcome)
        assert len(copier.sent) == already_sent + len(sent), "no answer makes another order leave"
