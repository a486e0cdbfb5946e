"""The bodies that the control API takes; an unknown or ill-typed field is refused by name."""

from datetime import datetime
from typing import Annotated

import msgspec


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """An account to open; one that exists already stays as it is.

    `cash` is rupees, `holdings` maps "NSE:INFY" to [quantity, average price in rupees].
    """

    user_id: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{3,12}$")]
    name: str | None = None
    cash: str = "1000000"
    holdings: dict[str, tuple[int, str]] | None = None


class AccountSettings(msgspec.Struct, forbid_unknown_fields=True):
    """Where an account's app is told things (null takes an address away), its rupees; absent leaves it."""

    redirect_url: str | msgspec.UnsetType | None = msgspec.UNSET
    postback_url: str | msgspec.UnsetType | None = msgspec.UNSET
    cash: str | None = None


class PriceChange(msgspec.Struct, forbid_unknown_fields=True):
    """A price to set, a walk to freeze or thaw, trading to halt or resume; what is absent stays."""

    key: str
    price: str | None = None
    is_frozen: bool | None = None
    is_halted: bool | None = None


class ExternalOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order from elsewhere: the account's own in Kite's app, or the broker's square-off."""

    user_id: str
    params: dict[str, str]
    placed_by: str | None = None
    variety: str = "regular"


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """A moment to go on to (ISO, IST when it names no zone)."""

    advance_to: datetime


class BehaviourChange(msgspec.Struct, forbid_unknown_fields=True):
    """Switches; what is absent stays as it is."""

    has_rate_limits: bool | None = None
    is_autoslice_flat: bool | None = None
    has_placement_push: bool | None = None
    is_margin_refused_late: bool | None = None
    heartbeat_s: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Outage(msgspec.Struct, forbid_unknown_fields=True):
    """For how long the exchange is not there at all: connections break, new ones are refused."""

    for_s: Annotated[float, msgspec.Meta(gt=0, le=600)]
