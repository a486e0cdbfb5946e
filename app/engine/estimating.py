"""What only the broker knows of a preview: last prices, funds, margins. Asked at once, and not for long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from app.domain.ids import AccountId
from app.domain.rupees import rupees
from app.engine.preview_rows import AccountPreviewRow, OrderPreviewRow, PreviewRow
from app.engine.previewing import AccountDraft, Draft, OrderDraft
from app.ports.account_reader import AccountReader
from app.ports.broker import BrokerUnavailableError, SessionExpiredError

WITHIN_S = 3.0
"""Somebody waits for the answer with a price before their eyes."""
_SESSION_EXPIRED = "its session has expired: log in first"
_CENT = Decimal("0.01")

T = TypeVar("T")
ReaderOf = Callable[[AccountId], AccountReader]


@dataclass(slots=True)
class _Estimates:
    """What was read, as far as it was read in time."""

    prices: dict[str, Decimal] = field(default_factory=dict)
    free: dict[AccountId, Decimal] = field(default_factory=dict)
    needed: dict[AccountId, Decimal] = field(default_factory=dict)
    fails: dict[AccountId, str] = field(default_factory=dict)
    prices_fail: str | None = None


async def estimated(
    draft: Draft, primary: AccountId, reader_of: ReaderOf | None, *, within_s: float = WITHIN_S
) -> PreviewRow:
    """Complete a preview with what can be read within so many seconds; what cannot is None and said.

    Sends nothing but reads, and raises nothing: `reader_of` None reads nothing.
    """
    found = _Estimates()
    if reader_of is not None:
        reads = [
            _read_account(found, reader_of(account.account_id), account, within_s)
            for account in draft.accounts
        ]
        if draft.orders:
            reads.append(_read_prices(found, reader_of(primary), draft.orders, within_s))
        await asyncio.gather(*reads)
    return {
        "at": draft.at.isoformat(),
        "order_count": draft.order_count,
        "orders": [_order_row(order, found) for order in draft.orders],
        "copies": list(draft.copies),
        "accounts": [_account_row(account, found) for account in draft.accounts],
        "warnings": [] if found.prices_fail is None else [found.prices_fail],
    }


async def _read_prices(
    found: _Estimates, reader: AccountReader, orders: tuple[OrderDraft, ...], within_s: float
) -> None:
    instruments = list(dict.fromkeys(order.instrument for order in orders))
    prices, why = await _in_time(reader.last_prices(instruments), within_s)
    found.prices = prices or {}
    if why is not None:
        found.prices_fail = f"The last prices are not known: {why}"


async def _read_account(
    found: _Estimates, reader: AccountReader, account: AccountDraft, within_s: float
) -> None:
    if not account.orders:
        return
    (funds, why_no_funds), (needed, why_no_margin) = await asyncio.gather(
        _in_time(reader.funds(), within_s), _in_time(reader.order_margin(account.orders), within_s)
    )
    if funds is not None:
        found.free[account.account_id] = funds.free
    if needed is not None:
        found.needed[account.account_id] = needed
    if why := why_no_funds or why_no_margin:
        found.fails[account.account_id] = why


async def _in_time(read: Awaitable[T], within_s: float) -> tuple[T | None, str | None]:
    """Return what a read gives, or why it gives nothing."""
    try:
        async with asyncio.timeout(within_s):
            return await read, None
    except TimeoutError:
        return None, f"there was no answer within {within_s:g} s"
    except SessionExpiredError:
        return None, _SESSION_EXPIRED
    except BrokerUnavailableError as e:
        return None, str(e)


def _order_row(order: OrderDraft, found: _Estimates) -> OrderPreviewRow:
    last = found.prices.get(order.instrument)
    moved = None
    if last is not None and order.reference_price is not None:
        moved = (last / order.reference_price - 1) * 100
    return {
        "order_id": order.order_id,
        "age_s": order.age_s,
        "last_price": None if last is None else str(last),
        "moved_percent": None if moved is None else f"{moved.quantize(_CENT):+}",
        "is_exit": order.is_exit,
    }


def _account_row(account: AccountDraft, found: _Estimates) -> AccountPreviewRow:
    free, needed = found.free.get(account.account_id), found.needed.get(account.account_id)
    warnings = list(account.warnings)
    fails = found.fails.get(account.account_id)
    if fails == _SESSION_EXPIRED:
        warnings = [*dict.fromkeys([*warnings, fails])]
    elif fails is not None:
        warnings.append(f"whether its funds suffice is not known: {fails}")
    if free is not None and needed is not None and needed > free:
        warnings.append(f"{rupees(free)} free, about {rupees(needed)} needed: expect a rejection")
    return {
        "account_id": account.account_id,
        "funds_free": None if free is None else str(free),
        "funds_needed": None if needed is None else str(needed),
        "warnings": warnings,
    }
