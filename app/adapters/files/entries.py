"""The form of the configuration files, key by key. The JSON Schemas are made from these classes."""

from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.adapters.files.field_types import (
    Address,
    Credential,
    Multiplier,
    Protection,
    ProxyAddress,
    Seconds,
    Symbols,
    Unique,
    Units,
    UserId,
)
from app.domain.accounts import Account, CopyRules
from app.domain.ids import AccountId
from app.domain.pacing import Limits

_RULES = CopyRules(order_types=frozenset())
_LIMITS = Limits()
_ACCOUNT = Account(account_id=AccountId(""), name="", is_primary=False, multiplier=Fraction(1))

TODAYS_FREEZE_QUANTITIES = {
    "NIFTY": 1800,
    "FINNIFTY": 1800,
    "BANKNIFTY": 600,
    "MIDCPNIFTY": 2800,
    "NIFTYNXT50": 600,
    "EQUITY": 100_000,
}
"""Units that one order may carry (NSE circular of February 2026); the exchange revises them monthly."""


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Egress(_Entry):
    """From where an account's orders leave, for those who registered one static address per account."""

    source_address: Address | None = Field(default=None, examples=["203.0.113.7"])
    proxy: ProxyAddress | None = Field(default=None, examples=["http://127.0.0.1:3128"])

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.source_address is None) == (self.proxy is None):
            raise ValueError("Exactly one of source_address and proxy is expected.")
        return self


class SymbolFilter(_Entry):
    """Which symbols a secondary takes. Exits pass whatever is said here."""

    allow: Symbols = Field(default=[], description="Empty allows every symbol.", examples=[["INFY", "SBIN"]])
    deny: Symbols = Field(default=[], description="Wins over allow.", examples=[["YESBANK"]])


class AccountEntry(_Entry):
    """One account."""

    account_id: UserId = Field(description="The broker's user id.", examples=["AB1234"])
    cred1: Credential = Field(
        description="API key: itself, env:NAME or vault:NAME.", examples=["env:AB1234_API_KEY"]
    )
    cred2: Credential = Field(
        description="Access token of the day: itself, env:NAME or vault:NAME.",
        examples=["vault:AB1234_ACCESS_TOKEN"],
    )
    ps_multiplier: Multiplier = Field(
        description="Copies have this many times the primary's quantity. Ignored for the primary.",
        examples=[2.5],
    )
    primary: bool = Field(description="true for the one account that is copied from.", examples=[False])
    name: str | None = Field(
        default=None, min_length=1, max_length=60, description="What screens call it.", examples=["Mother"]
    )
    enabled: bool = Field(default=True, description="false is the same as mode off.", examples=[True])
    mode: Literal["on", "close_only", "off"] = Field(default="on", examples=["close_only"])
    api_secret: Credential | None = Field(
        default=None, description="Needed only for signing in.", examples=["env:AB1234_API_SECRET"]
    )
    egress: Egress | None = Field(default=None, examples=[{"source_address": "203.0.113.7"}])
    max_quantity: Units | None = Field(
        default=None,
        description="Units that one copy may have; more is denied, exits excepted.",
        examples=[5000],
    )
    when_primary_filled: Literal["leave", "market", "cancel"] = Field(
        default="leave",
        description="What becomes of a copy that still rests when its primary order is filled: it is left "
        "and told, made a MARKET order, or cancelled. Exits are never cancelled.",
        examples=["market"],
    )
    rest_limit_s: Seconds = Field(
        default=_ACCOUNT.rest_limit_s,
        ge=1,
        le=3_600,
        description="How long a copy may rest behind a filled primary order before that happens; with "
        "market, also between two tries.",
        examples=[_ACCOUNT.rest_limit_s],
    )
    symbols: SymbolFilter = Field(default=SymbolFilter(), examples=[{"allow": [], "deny": ["YESBANK"]}])

    @model_validator(mode="before")
    @classmethod
    def _ignore_multiplier_of_primary(cls, given: Any) -> Any:
        is_primary = isinstance(given, dict) and given.get("primary") is True
        return {**given, "ps_multiplier": 1} if is_primary else given


class OrderTypesEntry(_Entry):
    """Which of the primary's order types are copied."""

    schema_address: str | None = Field(
        default=None, alias="$schema", examples=["./allowed_order_types.schema.json"]
    )
    order_types: Annotated[list[Literal["MARKET", "LIMIT", "SL", "SL-M"]], Unique] = Field(
        min_length=1, examples=[["LIMIT", "MARKET", "SL"]]
    )


class BudgetEntry(_Entry):
    """How many orders one account may send. Kite's own limits are the bounds (Kite docs, exceptions)."""

    per_second: int = Field(default=_LIMITS.per_second, ge=1, le=10, examples=[_LIMITS.per_second])
    per_minute: int = Field(default=_LIMITS.per_minute, ge=1, le=400, examples=[_LIMITS.per_minute])
    per_day: int = Field(default=_LIMITS.per_day, ge=1, le=5_000, examples=[_LIMITS.per_day])
    warn_per_day: int = Field(default=_LIMITS.warn_per_day, ge=1, le=5_000, examples=[_LIMITS.warn_per_day])
    reserve: int = Field(
        default=_LIMITS.reserve,
        ge=0,
        le=9,
        description="Of each second, for exits only.",
        examples=[_LIMITS.reserve],
    )

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.reserve >= self.per_second:
            raise ValueError("reserve must be smaller than per_second, or no entry could ever leave.")
        return self


class TradeLogEntry(_Entry):
    """Where every copy is written down. Paper trading uses a spreadsheet of its own and reads only is_on."""

    is_on: bool = Field(default=True, description="false writes nothing.", examples=[True])
    spreadsheet: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{20,100}$",
        description="The spreadsheet's key: the part of its address between /d/ and /edit.",
        examples=["1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG"],
    )
    key_file: str | None = Field(
        default=None,
        min_length=1,
        max_length=1_000,
        description="The service account's key file, as Google gave it; relative to this folder or absolute.",
        examples=["google-key.json"],
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.spreadsheet is None) != (self.key_file is None):
            raise ValueError("spreadsheet and key_file belong together: give both or neither.")
        return self


class CopierEntry(_Entry):
    """Everything else. Every key is optional; what is left out has the default shown."""

    schema_address: str | None = Field(default=None, alias="$schema", examples=["./copier.schema.json"])
    products: Annotated[list[Literal["MIS", "NRML", "CNC", "MTF"]], Unique] = Field(
        default=["MIS"], min_length=1, description="Products that are copied.", examples=[["MIS"]]
    )
    market_protection: Protection = Field(
        default=_RULES.market_protection, description="For copies of MARKET and SL-M orders.", examples=[-1]
    )
    freeze_quantities: dict[str, Units] = Field(
        default=TODAYS_FREEZE_QUANTITIES,
        description="Units that one order may carry, by underlying; EQUITY is for shares. Added to the "
        "defaults. Larger copies are sent in slices.",
        examples=[{"NIFTY": 1800}],
    )
    market_age_limit_s: Seconds = Field(
        default=_RULES.market_age_limit_s,
        gt=0,
        le=300,
        description="An older MARKET or SL-M order waits for the operator.",
        examples=[_RULES.market_age_limit_s],
    )
    resting_age_limit_s: Seconds = Field(
        default=_RULES.resting_age_limit_s,
        gt=0,
        le=3_600,
        description="The same for LIMIT and SL.",
        examples=[_RULES.resting_age_limit_s],
    )
    restart_gap_s: Seconds = Field(
        default=_RULES.restart_gap_s,
        ge=0,
        le=3_600,
        description="After a longer time without a look, new orders wait for the operator.",
        examples=[_RULES.restart_gap_s],
    )
    exit_wait_s: Seconds = Field(
        default=_RULES.exit_wait_s,
        ge=0,
        le=60,
        description="How long an exit waits for the fate of its entry.",
        examples=[_RULES.exit_wait_s],
    )
    poll_interval_s: Seconds = Field(
        default=1.0, ge=0.2, le=60, description="Between looks at the primary's order list.", examples=[1.0]
    )
    push: bool = Field(
        default=True, description="Look at once when the broker pushes an update.", examples=[True]
    )
    trade_log: TradeLogEntry = Field(
        default=TradeLogEntry(),
        description="A Google spreadsheet with a row for every copy.",
        examples=[{"spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG", "key_file": "key.json"}],
    )
    budget: BudgetEntry = Field(
        default=BudgetEntry(), description="Limits per account.", examples=[{"per_second": 8}]
    )
