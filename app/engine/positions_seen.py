"""Reading positions for a square-off, at the moment it is asked for and beside the order path."""

import asyncio
from collections.abc import Callable, Iterable

from app.domain.ids import AccountId
from app.engine.squaring_off import PositionsSeen
from app.ports.account_reader import AccountReader, Position
from app.ports.broker import BrokerUnavailableError

PATIENCE_S = 3.0


async def read_positions(
    account_ids: Iterable[AccountId], reader: Callable[[AccountId], AccountReader]
) -> PositionsSeen:
    """Read all accounts at once; for each its positions, or why they cannot be told. Never raises."""
    ids = list(dict.fromkeys(account_ids))
    return dict(zip(ids, await asyncio.gather(*(_read(reader(id_)) for id_ in ids)), strict=True))


async def _read(reader: AccountReader) -> tuple[Position, ...] | str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await reader.positions()
    except TimeoutError:
        return f"no answer within {PATIENCE_S:g} s."
    except BrokerUnavailableError as e:
        return str(e)
