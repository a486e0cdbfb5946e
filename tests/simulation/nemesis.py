"""What befalls the world by itself: outages, dead tokens, refusals, full disks, jumping clocks, kills."""

import asyncio
from collections.abc import Callable
from random import Random

from app.exchange.faults import FaultKind, FaultRule
from tests.simulation.chances import Chances
from tests.simulation.engine_host import EngineHost
from tests.simulation.exchange import SimExchange
from tests.simulation.history import History
from tests.simulation.network import Network
from tests.simulation.sessions import Sessions

_TURN_S = 0.5
_REFUSALS = (
    (403, "PermissionException", "IP (203.0.113.7) is not allowed to place orders for this app."),
    (400, "InputException", "No IPs configured for this app. Add allowed IPs on the developer console."),
    (403, "PermissionException", "Insufficient permission for that call."),
)
"""How Kite refuses a sender that is not registered, and an app that may not place orders."""


class Nemesis:
    """Draws, every half second, what happens next."""

    def __init__(
        self,
        *,
        host: EngineHost,
        exchange: SimExchange,
        network: Network,
        accounts: list[str],
        chances: Chances,
        random: Random,
        history: History,
    ) -> None:
        self._host = host
        self._exchange = exchange
        self._network = network
        self._accounts = accounts
        self._chances = chances
        self._random = random
        self._history = history
        self.sessions = Sessions(host, exchange, random, history)
        self._happenings: dict[str, Callable[[], None]] = {
            "kill_per_s": lambda: host.kill("at a random moment"),
            "token_outage_per_s": lambda: self.sessions.kill(self._anyone()),
            "maintenance_per_s": lambda: self._close(self._anyone()),
            "disconnect_per_s": lambda: self._disconnect(self._anyone()),
            "outage_per_s": self._lose_the_broker,
            "not_permitted_per_s": lambda: self._forbid(self._anyone()),
            "disk_full_per_s": self._fill_the_disk,
            "lost_journal_per_s": self._lose_the_journal,
            "clock_jump_per_s": self._jump,
            "square_offs_per_s": self._square_off,
        }

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(_TURN_S)
            for name, happen in self._happenings.items():
                per_s: float = getattr(self._chances, name)
                if per_s > 0 and self._random.random() < per_s * _TURN_S:
                    happen()

    def end(self) -> None:
        """Let every account be signed in again, the broker be reached, and the disk have room."""
        self.sessions.end()
        self._network.is_cut_off = False
        self._host.has_full_disk = False

    def _anyone(self) -> str:
        return self._random.choice(self._accounts)

    def _close(self, account_id: str) -> None:
        for_s = self._random.uniform(1.0, 30.0)
        self._history.note("maintenance", account_id, detail=f"{for_s:.1f} s")
        self._rule(FaultRule(kind=FaultKind.MAINTENANCE, account=account_id, count=None, for_s=for_s))

    def _disconnect(self, account_id: str) -> None:
        self._history.note("disconnected", account_id)
        self._network.break_all(account_id)

    def _lose_the_broker(self) -> None:
        """Let nobody reach the broker, or the broker answer nobody."""
        for_s = 60.0 ** self._random.random()
        is_cut_off = self._random.random() < 0.5
        self._history.note("broker away", detail=f"{for_s:.1f} s, {'no way there' if is_cut_off else '503'}")
        if not is_cut_off:
            self._rule(FaultRule(kind=FaultKind.MAINTENANCE, count=None, for_s=for_s))
        elif not self._network.is_cut_off:
            self._network.is_cut_off = True
            for account_id in self._accounts:
                self._network.break_all(account_id)
            self._after(for_s, lambda: setattr(self._network, "is_cut_off", False))

    def _forbid(self, account_id: str) -> None:
        status, error_type, message = self._random.choice(_REFUSALS)
        for_s = self._random.uniform(0.5, 20.0)
        self._history.note("not permitted", account_id, detail=f"{for_s:.1f} s: {message}")
        for route in ("orders.place", "orders.modify", "orders.cancel"):
            rule = FaultRule(
                kind=FaultKind.REFUSE,
                account=account_id,
                route=route,
                count=None,
                for_s=for_s,
                http_status=status,
                error_type=error_type,
                message=message,
            )
            self._rule(rule)

    def _fill_the_disk(self) -> None:
        for_s = 10.0 ** self._random.uniform(-0.5, 1.2)
        self._history.note("disk full", detail=f"{for_s:.1f} s")
        self._host.has_full_disk = True
        self._after(for_s, lambda: setattr(self._host, "has_full_disk", False))

    def _lose_the_journal(self) -> None:
        self._host.loses_journal = True
        self._host.kill("to lose its data folder")

    def _jump(self) -> None:
        step_s = self._host.skew.jump(self._random)
        self._history.note("clock jumps", detail=f"{step_s:+.1f} s, {self._host.skew.ahead_s:+.1f} s ahead")

    def _square_off(self) -> None:
        """Let the broker's risk desk close what the primary holds, as it does at 15:20."""
        venue = self._exchange.venue
        primary = venue.accounts.get(self._accounts[0])
        for row in venue.positions(primary)["net"]:
            if row["quantity"] and row["product"] == "MIS":
                form = {
                    "exchange": row["exchange"],
                    "tradingsymbol": row["tradingsymbol"],
                    "transaction_type": "SELL" if row["quantity"] > 0 else "BUY",
                    "quantity": str(abs(row["quantity"])),
                    "product": "MIS",
                    "validity": "DAY",
                    "order_type": "MARKET",
                }
                order_id = venue.place_external(primary, form, placed_by="ADMINSQF")["order_id"]
                self._history.note("squared off", str(order_id), detail=form)

    def _rule(self, rule: FaultRule) -> None:
        self._exchange.service.plan.add(rule, now_s=self._exchange.service.now_s())

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, act)
