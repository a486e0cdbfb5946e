"""A morning's trading as the engine would show it, the same at each run: for pictures and measurements."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from app.domain.copies import CopyState
from app.engine.rows import AccountRow, AlertRow, CopyRow, OrderRow, PortfolioRow, Snapshot
from app.web.pnl_series import SAMPLE_EVERY_S, PnlSeries, Sample
from tests.builders import shown_rows as rows

NOW = datetime(2026, 11, 20, 5, 12, 17, tzinfo=UTC)
"""10:42:17 in India, a Friday."""
PRIMARY = "AB1234"
FAMILY = {"CD5678": ("Mother", "2.5"), "EF9012": ("Father HUF", "1"), "GH3456": ("Daughter", "1.5")}
EXPIRED = {"IJ7890": ("Aunt", "0.5")}

_BOARD = (
    ("NFO", "NIFTY26NOV26200CE", 142.10, 65),
    ("NSE", "SBIN", 964.72, 1),
    ("NFO", "BANKNIFTY26NOV58500CE", 311.50, 30),
    ("NSE", "ITC", 401.95, 1),
    ("NSE", "RELIANCE", 1521.95, 1),
    ("NSE", "AXISBANK", 1253.50, 1),
    ("NSE", "BHARTIARTL", 2141.40, 1),
    ("NSE", "INFY", 1537.60, 1),
    ("NSE", "LT", 3994.90, 1),
    ("NSE", "M&M", 3120.45, 1),
    ("NFO", "NIFTY26NOVFUT", 26184.30, 65),
)
_FATES = (
    *[(CopyState.FILLED,) * 3] * 9,
    (CopyState.FILLED, CopyState.REJECTED, CopyState.SENDING),
    (CopyState.HELD,) * 3,
    (CopyState.OPEN,) * 3,
    (CopyState.TRIGGER_PENDING,) * 3,
    (CopyState.PARTIAL, CopyState.FILLED, CopyState.FILLED),
    (CopyState.FILLED, CopyState.IN_DOUBT, CopyState.FILLED),
    (),
)
_REASONS = {
    CopyState.REJECTED: (
        "BROKER_REJECTED",
        "The broker rejected it: the margin is short.",
        "Insufficient funds. Required margin is 124500.00 but available margin is 98211.40.",
    ),
    CopyState.IN_DOUBT: (
        "ANSWER_LOST",
        "The answer was lost; the order list is searched before anything else.",
        None,
    ),
    CopyState.HELD: ("MANUAL_MODE", "It waits for your tick.", None),
}


def day(orders: int = 131, *, seed: int = 7) -> Snapshot:
    """Build a day with so many primary orders; the newest have every fate, the rest mostly went well."""
    chance = Random(seed)  # noqa: S311 - a repeatable picture, not a secret
    state = rows.snapshot(
        status=rows.status(venue="live", looked_at=_at(0.4), revision="r1"),
        accounts=_accounts(chance),
    )
    for number in range(orders):
        seconds = 20.0 + 37.0 * number if number else 21.0
        order, copies = _order(chance, number, seconds, orders)
        state["orders"][order["order_id"]] = order
        state["copies"] |= {copy["copy_id"]: copy for copy in copies}
    state["alerts"] = _alerts()
    state["portfolios"] = _portfolios(chance)
    return state


def keep_profits(data: Path) -> None:
    """Write the morning's profits of each account where the web process keeps them."""
    chance = Random(3)  # noqa: S311 - a repeatable picture, not a secret
    lines = dict.fromkeys((PRIMARY, *FAMILY), 0.0)
    pulls = {PRIMARY: 46.0, "CD5678": 110.0, "EF9012": -8.0, "GH3456": 26.0}
    series = PnlSeries(data / "pnl")
    first = datetime(2026, 11, 20, 3, 50, tzinfo=UTC)
    for number in range(int((NOW - first).total_seconds() / SAMPLE_EVERY_S)):
        for account_id in lines:
            lines[account_id] += chance.gauss(pulls[account_id], 420)
        shown = {account_id: f"{value:.2f}" for account_id, value in lines.items()}
        at = first + timedelta(seconds=number * SAMPLE_EVERY_S)
        series.add("2026-11-20", Sample(at=at, pnl=dict(shown)))


def _at(seconds_ago: float) -> str:
    return (NOW - timedelta(seconds=seconds_ago)).isoformat()


def _accounts(chance: Random) -> dict[str, AccountRow]:
    primary = rows.account(PRIMARY, name="Self", role="primary", orders_today=131, looked_at=_at(0.4))
    found = {PRIMARY: primary}
    for account_id, (name, multiplier) in FAMILY.items():
        spent = chance.randint(120, 140)
        found[account_id] = rows.account(
            account_id, name=name, multiplier=multiplier, orders_today=spent, looked_at=_at(0.7)
        )
    for account_id, (name, multiplier) in EXPIRED.items():
        found[account_id] = rows.account(
            account_id,
            name=name,
            multiplier=multiplier,
            state="blocked",
            reason=rows.reason("SESSION_EXPIRED", "Its session has expired. Log in to copy to it again."),
            looking_fails="Its session has expired.",
            looking_fails_since=_at(16_900),
            looked_at=None,
        )
    return found


def _order(chance: Random, number: int, seconds: float, orders: int) -> tuple[OrderRow, list[CopyRow]]:
    exchange, symbol, price, lot = _BOARD[number % len(_BOARD)]
    order_id = f"2611200104{orders - number:05d}"
    fates = _FATES[(number * 5 + 9) % len(_FATES)] if number < 24 else _FATES[number % 9]
    quantity = lot * chance.choice((1, 2, 4)) * (1 if lot > 1 else 25)
    paid = round(price * (1 + chance.uniform(-0.004, 0.004)), 2)
    kind = "SL" if CopyState.TRIGGER_PENDING in fates else chance.choice(("MARKET", "LIMIT"))
    is_resting = bool(fates) and set(fates) <= {CopyState.OPEN, CopyState.TRIGGER_PENDING}
    order = rows.order(
        order_id,
        exchange=exchange,
        tradingsymbol=symbol,
        side=chance.choice(("BUY", "SELL")),
        order_type=kind,
        product="MIS" if fates else "CNC",
        quantity=quantity,
        filled_quantity=0 if is_resting else quantity,
        price="0" if kind == "MARKET" else f"{paid:.2f}",
        trigger_price=f"{paid:.2f}" if kind == "SL" else "0",
        average_price="0" if is_resting else f"{paid:.2f}",
        status=("TRIGGER PENDING" if kind == "SL" else "OPEN") if is_resting else "COMPLETE",
        placed_at=_at(seconds),
        skipped=None if fates else rows.reason("PRODUCT_NOT_COPIED", "Product CNC is not copied, only MIS."),
    )
    copies = [
        _copy(chance, order, account_id, multiplier=multiplier, fate=fate, seconds=seconds, paid=paid)
        for (account_id, (_, multiplier)), fate in zip(FAMILY.items(), fates, strict=False)
    ]
    return order, copies


def _copy(
    chance: Random,
    order: OrderRow,
    account_id: str,
    *,
    multiplier: str,
    fate: CopyState,
    seconds: float,
    paid: float,
) -> CopyRow:
    quantity = int(order["quantity"] * float(multiplier))
    filled = {CopyState.FILLED: quantity, CopyState.PARTIAL: quantity * 3 // 5}.get(fate, 0)
    told = _REASONS.get(fate)
    reason = {**rows.reason(told[0], told[1]), "raw": told[2]} if told else None
    took_s = chance.lognormvariate(-1.9, 0.55)
    is_answered = fate not in {CopyState.HELD, CopyState.SENDING}
    leg = rows.leg(
        tag=f"TC{order['order_id'][-5:]}{account_id}",
        state=fate,
        reason=reason,
        quantity=quantity,
        filled_quantity=filled,
        average_price=f"{paid * (1 + chance.uniform(-0.0004, 0.0004)):.2f}" if filled else "0",
        order_id=f"26112001{account_id[2:]}{order['order_id'][-4:]}" if is_answered else None,
        planned_at=_at(seconds - took_s * 0.3),
        sent_at=_at(seconds - took_s * 0.4),
        answered_at=_at(seconds - took_s) if is_answered else None,
    )
    return rows.copy(
        order["order_id"],
        account_id,
        instrument=f"{order['exchange']}:{order['tradingsymbol']}",
        side=order["side"],
        state=fate,
        reason=reason,
        quantity=quantity,
        filled_quantity=filled,
        may_retry=fate is CopyState.REJECTED,
        may_cancel=fate in {CopyState.OPEN, CopyState.TRIGGER_PENDING, CopyState.PARTIAL},
        legs=[] if fate is CopyState.HELD else [leg],
    )


def _alerts() -> list[AlertRow]:
    told = (
        (610, "The configuration was edited.", None),
        (330, "Aunt (IJ7890): the session has expired; copies to it wait for a login.", "IJ7890"),
        (62, "Father HUF (EF9012): the broker rejected SELL 65 NFO:NIFTY26NOV26200CE.", "EF9012"),
    )
    return [
        {"seq": number, "at": _at(seconds), "text": text, "account_id": account_id, "order_id": None}
        for number, (seconds, text, account_id) in enumerate(told, 1)
    ]


def _portfolios(chance: Random) -> dict[str, PortfolioRow]:
    held = [(f"{exchange}:{symbol}", price, lot) for exchange, symbol, price, lot in _BOARD[:7]]
    primary = {key: chance.choice((1, -1, 2)) * (lot if lot > 1 else 100) for key, _, lot in held}
    found: dict[str, PortfolioRow] = {}
    for account_id, multiplier in {PRIMARY: "1", **{key: value[1] for key, value in FAMILY.items()}}.items():
        positions = []
        for key, price, lot in held:
            expected = int(primary[key] * float(multiplier) / lot) * lot
            differs = account_id == "EF9012" and key in {held[0][0], held[1][0]}
            quantity = expected if not differs else expected // 2 // lot * lot
            moved = price * chance.uniform(-0.006, 0.009)
            positions.append(
                rows.position(
                    key,
                    lot_size=lot,
                    quantity=quantity,
                    average_price=f"{price:.2f}",
                    last_price=f"{price + moved:.2f}",
                    pnl=f"{quantity * moved:.2f}",
                    expected=None if account_id == PRIMARY else expected,
                )
            )
        total = sum(float(one["pnl"]) for one in positions)
        found[account_id] = rows.portfolio(
            account_id,
            as_of=_at(1.2),
            pnl=f"{total:.2f}",
            funds_free=f"{chance.uniform(90_000, 1_300_000):.2f}",
            funds_used=f"{chance.uniform(200_000, 900_000):.2f}",
            positions=positions,
        )
    return found
