"""Mutual fund orders and SIPs: kept as asked for, never executed (no fund house allots units here)."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from app.exchange.errors import input_error, missing_field, order_error, unknown_order

Row = dict[str, Any]
PERIODS_DAYS = {"weekly": 7, "monthly": 30, "quarterly": 91}
CSV_HEADER = (
    "tradingsymbol,amc,name,purchase_allowed,redemption_allowed,minimum_purchase_amount,"
    "purchase_amount_multiplier,minimum_additional_purchase_amount,minimum_redemption_quantity,"
    "redemption_quantity_multiplier,dividend_type,scheme_type,plan,settlement_type,last_price,last_price_date"
)


class Fund(NamedTuple):
    """A scheme of the paper fund house; the price is its fixed value per unit."""

    symbol: str
    name: str
    scheme_type: str
    minimum: float
    price: float


FUNDS = (
    Fund("INFPAPER0001", "Paper Index Fund - Direct Plan", "equity", 500.0, 182.4471),
    Fund("INFPAPER0002", "Paper Flexicap Fund - Direct Plan", "equity", 1000.0, 64.1093),
    Fund("INFPAPER0003", "Paper Liquid Fund - Direct Plan", "debt", 1000.0, 2941.3306),
)
_BY_SYMBOL = {fund.symbol: fund for fund in FUNDS}


def instruments_csv(day: date) -> str:
    """Return the fund list in the shape of Kite's."""
    rows = [
        f"{f.symbol},PAPER_MF,{f.name},1,1,{f.minimum},1.0,{f.minimum},0.001,0.001,growth,{f.scheme_type},"
        f"direct,T3,{f.price},{day.isoformat()}"
        for f in FUNDS
    ]
    return "\n".join([CSV_HEADER, *rows, ""])


class FundBook:
    """Fund orders and SIPs of all accounts, in memory; they stay OPEN or ACTIVE until they are cancelled."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._orders: dict[str, dict[str, Row]] = {}
        self._sips: dict[str, dict[str, Row]] = {}

    def orders(self, user_id: str) -> list[Row]:
        return list(self._orders.get(user_id, {}).values())

    def order(self, user_id: str, order_id: str) -> Row:
        """Return one fund order; raise KiteError for an unknown one."""
        return _found(self._orders.get(user_id, {}), order_id)

    def place_order(self, user_id: str, params: Mapping[str, str], stamp: str) -> Row:
        """Take a purchase (needs an amount) or a redemption (needs a quantity)."""
        fund = _fund(params)
        side = params.get("transaction_type", "")
        if side not in ("BUY", "SELL"):
            raise missing_field("transaction_type")
        name = "amount" if side == "BUY" else "quantity"
        value = _number(params, name)
        if side == "BUY" and value < fund.minimum:
            raise input_error(f"The minimum purchase amount is {fund.minimum:g}.")
        order_id = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        self._orders.setdefault(user_id, {})[order_id] = {
            "order_id": order_id,
            "exchange_order_id": None,
            "tradingsymbol": fund.symbol,
            "fund": fund.name,
            "status": "OPEN",
            "status_message": None,
            "folio": None,
            "placed_by": user_id,
            "variety": "regular",
            "purchase_type": "FRESH",
            "transaction_type": side,
            "amount": value if side == "BUY" else 0.0,
            "quantity": value if side == "SELL" else 0.0,
            "average_price": 0.0,
            "last_price": fund.price,
            "last_price_date": stamp[:10],
            "order_timestamp": stamp,
            "exchange_timestamp": None,
            "settlement_id": None,
            "tag": params.get("tag") or None,
        }
        return {"order_id": order_id}

    def cancel_order(self, user_id: str, order_id: str) -> Row:
        """Cancel an open fund order."""
        row = self.order(user_id, order_id)
        if row["status"] != "OPEN":
            raise order_error("The order cannot be cancelled any more.")
        row["status"] = "CANCELLED"
        return {"order_id": order_id}

    def sips(self, user_id: str) -> list[Row]:
        """Return all SIPs; the list's rows lack `fund_source`, as Kite's do."""
        rows = self._sips.get(user_id, {}).values()
        return [{name: row[name] for name in row if name != "fund_source"} for row in rows]

    def sip(self, user_id: str, sip_id: str) -> Row:
        """Return one SIP; raise KiteError for an unknown one."""
        return _found(self._sips.get(user_id, {}), sip_id)

    def place_sip(self, user_id: str, params: Mapping[str, str], stamp: str) -> Row:
        """Register a SIP; no instalment is ever bought here."""
        fund = _fund(params)
        amount, instalments = _number(params, "amount"), _instalments(params)
        frequency = _frequency(params.get("frequency", ""))
        sip_id = str(self._rng.randrange(10**14, 10**15))
        first = date.fromisoformat(stamp[:10]) + timedelta(days=PERIODS_DAYS[frequency])
        self._sips.setdefault(user_id, {})[sip_id] = {
            "sip_id": sip_id,
            "sip_reg_num": None,
            "sip_type": "sip",
            "status": "ACTIVE",
            "tradingsymbol": fund.symbol,
            "fund": fund.name,
            "dividend_type": "growth",
            "transaction_type": "BUY",
            "created": stamp,
            "frequency": frequency,
            "instalment_amount": amount,
            "instalments": instalments,
            "instalment_day": _day(params),
            "completed_instalments": 0,
            "pending_instalments": instalments,
            "last_instalment": stamp,
            "next_instalment": first.isoformat(),
            "trigger_price": 0,
            "step_up": {},
            "fund_source": "pool",
            "tag": params.get("tag") or None,
        }
        return {"sip_id": sip_id}

    def modify_sip(self, user_id: str, sip_id: str, params: Mapping[str, str]) -> Row:
        """Change a SIP's amount, count, frequency or day, or pause and resume it."""
        row = self.sip(user_id, sip_id)
        if params.get("amount"):
            row["instalment_amount"] = _number(params, "amount")
        if params.get("instalments"):
            row["instalments"] = row["pending_instalments"] = _instalments(params)
        if params.get("frequency"):
            row["frequency"] = _frequency(params["frequency"])
        if params.get("instalment_day"):
            row["instalment_day"] = _day(params)
        if params.get("status"):
            if params["status"] not in ("active", "paused"):
                raise input_error("Invalid `status`.")
            row["status"] = params["status"].upper()
        return {"sip_id": sip_id}

    def cancel_sip(self, user_id: str, sip_id: str) -> Row:
        """Cancel a SIP."""
        self.sip(user_id, sip_id)["status"] = "CANCELLED"
        return {"sip_id": sip_id}


def _found(rows: Mapping[str, Row], key: str) -> Row:
    if key not in rows:
        raise unknown_order()
    return rows[key]


def _fund(params: Mapping[str, str]) -> Fund:
    fund = _BY_SYMBOL.get(params.get("tradingsymbol", ""))
    if fund is None:
        raise input_error("Invalid `tradingsymbol`.")
    return fund


def _frequency(text: str) -> str:
    if text not in PERIODS_DAYS:
        raise input_error("Invalid `frequency`.")
    return text


def _number(params: Mapping[str, str], name: str) -> float:
    try:
        value = float(params.get(name, ""))
    except ValueError:
        raise missing_field(name) from None
    if not 0 < value < 1e12:
        raise input_error(f"Invalid `{name}`.")
    return value


def _instalments(params: Mapping[str, str]) -> int:
    """Return how many instalments; -1 means until it is cancelled."""
    return -1 if params.get("instalments") == "-1" else int(_number(params, "instalments"))


def _day(params: Mapping[str, str]) -> int:
    return int(_number(params, "instalment_day")) if params.get("instalment_day") else 0
