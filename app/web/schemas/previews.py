"""Asking what a command would send now; the engine's PreviewRow (engine/preview_rows.py) is the answer."""

from typing import Annotated

import msgspec

from app.web.schemas.body import MOST, Body, Name
from app.web.schemas.commands import CopyName


class PreviewCopiesRequest(Body, frozen=True):
    """What would copying these primary orders send, to all secondaries or to those named?"""

    orders: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=MOST)]
    accounts: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MOST)] = ()


class PreviewRetriesRequest(Body, frozen=True):
    """What would sending these copies once more send?"""

    copies: Annotated[tuple[CopyName, ...], msgspec.Meta(min_length=1, max_length=MOST)]
