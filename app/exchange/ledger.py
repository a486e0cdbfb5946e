"""The ledger: every request for an order and what truly became of it, whatever the client was told.

Pure: arrival times come from the caller. This is the outside truth that exactly-once tests compare with.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What the exchange did with the request."""

    PENDING = "pending"  # arrived; a late acceptance may still come
    ACCEPTED = "accepted"
    REFUSED = "refused"  # answered with an error by the rules of the exchange: nothing was placed or changed
    DROPPED = "dropped"  # a fault kept it from the exchange: nothing was placed or changed


@dataclass(slots=True, kw_only=True)
class LedgerEntry:
    """One request for an order; `order_ids` are the orders it made or touched, slices included."""

    number: int
    arrived_ns: int
    action: str
    account: str | None
    variety: str
    order_id: str | None
    tag: str | None
    params: dict[str, str]
    fault: str | None = None
    outcome: Outcome = Outcome.PENDING
    is_late: bool = False
    order_ids: list[str] = field(default_factory=list)
    error: dict[str, object] | None = None
    settled_ns: int | None = None
    reply: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the entry as the control API shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Ledger:
    """Record requests as they arrive and settle each exactly once.

    Times are nanoseconds of the caller's monotonic clock (`arrived_ns`, `settled_ns`). `on_change` is told
    each new or changed entry, for a caller that keeps the ledger on disk.
    """

    def __init__(self, on_change: Callable[[LedgerEntry], None] | None = None) -> None:
        self._entries: list[LedgerEntry] = []
        self._on_change = on_change
        self._last_number = 0
        self._placed: set[tuple[str, str]] = set()

    def open(
        self,
        *,
        arrived_ns: int,
        action: str,
        account: str | None,
        variety: str,
        order_id: str | None,
        params: Mapping[str, str],
    ) -> LedgerEntry:
        """Record a request for an order at its arrival, before anything is decided about it."""
        self._last_number += 1
        entry = LedgerEntry(
            number=self._last_number,
            arrived_ns=arrived_ns,
            action=action,
            account=account,
            variety=variety,
            order_id=order_id,
            tag=params.get("tag") or None,
            params=dict(params),
        )
        self._entries.append(entry)
        self._changed(entry)
        return entry

    def accept(
        self, entry: LedgerEntry, order_ids: Iterable[str], *, at_ns: int, is_late: bool = False
    ) -> None:
        """Record that the exchange took the request; ValueError if its fate was recorded before."""
        entry.order_ids = list(order_ids)
        self._settle(entry, Outcome.ACCEPTED, at_ns, is_late=is_late)
        self._note_placed(entry)

    def refuse(
        self,
        entry: LedgerEntry,
        http_status: int,
        error_type: str,
        message: str,
        *,
        at_ns: int,
        is_late: bool = False,
    ) -> None:
        """Record that the rules of the exchange turned the request down."""
        entry.error = {"http_status": http_status, "error_type": error_type, "message": message}
        self._settle(entry, Outcome.REFUSED, at_ns, is_late=is_late)

    def drop(self, entry: LedgerEntry, *, at_ns: int) -> None:
        """Record that a fault kept the request from the exchange for ever."""
        self._settle(entry, Outcome.DROPPED, at_ns, is_late=False)

    def tell(self, entry: LedgerEntry, reply: str) -> None:
        """Record what the client was told: an HTTP status, `silence` or `reset`."""
        entry.reply = reply
        self._changed(entry)

    def mark_fault(self, entry: LedgerEntry, fault: str) -> None:
        """Record which fault the request met."""
        entry.fault = fault
        self._changed(entry)

    def entries(
        self, *, account: str | None = None, tag: str | None = None, action: str | None = None, after: int = 0
    ) -> list[LedgerEntry]:
        """Return the entries in order of arrival; each argument that is given narrows them."""
        return [
            e
            for e in self._entries
            if e.number > after
            and (account is None or e.account == account)
            and (tag is None or e.tag == tag)
            and (action is None or e.action == action)
        ]

    def orders_by_tag(self, account: str | None = None) -> dict[str, list[str]]:
        """Return the order ids placed under each tag: exactly-once means one id for each tag."""
        found: dict[str, list[str]] = {}
        for e in self._entries:
            is_wanted = account is None or e.account == account
            if is_wanted and e.action == "place" and e.outcome is Outcome.ACCEPTED and e.tag is not None:
                found.setdefault(e.tag, []).extend(e.order_ids)
        return found

    def has_placed(self, account: str, order_id: str) -> bool:
        """Say whether this order came in as a request of that account's app."""
        return (account, order_id) in self._placed

    def restore(self, entry: LedgerEntry) -> None:
        """Take back an entry of an earlier run; a later version of the same number replaces the earlier."""
        known = (
            {e.number: i for i, e in enumerate(self._entries)} if entry.number <= self._last_number else {}
        )
        if entry.number in known:
            self._entries[known[entry.number]] = entry
        else:
            self._entries.append(entry)
        self._last_number = max(self._last_number, entry.number)
        self._note_placed(entry)

    def _note_placed(self, entry: LedgerEntry) -> None:
        if entry.action == "place" and entry.account is not None:
            self._placed.update((entry.account, order_id) for order_id in entry.order_ids)

    def _settle(self, entry: LedgerEntry, outcome: Outcome, at_ns: int, *, is_late: bool) -> None:
        if entry.outcome is not Outcome.PENDING:
            raise ValueError(f"Ledger entry {entry.number} was settled as {entry.outcome} before {outcome}.")
        entry.outcome, entry.settled_ns, entry.is_late = outcome, at_ns, is_late
        self._changed(entry)

    def _changed(self, entry: LedgerEntry) -> None:
        if self._on_change is not None:
            self._on_change(entry)
