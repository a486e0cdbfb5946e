"""`python -m tests.chaos.hour`: an hour of trading in about a minute, with changes and cancellations."""

import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import click

from tests.chaos.evidence import Violation
from tests.chaos.house import House
from tests.chaos.operators import Operator
from tests.chaos.run import Verdict, await_copying, settle
from tests.chaos.trader import Trader

RULES = {
    "market_age_limit_s": 300,
    "resting_age_limit_s": 3600,
    "restart_gap_s": 3600,
    "budget": {"per_second": 10, "per_minute": 400, "per_day": 5000, "warn_per_day": 5000, "reserve": 2},
}
"""The broker's clock runs sixty times as fast, so ages do as well; orders leave as fast as Kite permits."""
PAUSE_S = (0.02, 0.09)
STEP = timedelta(seconds=30)
HOUR = timedelta(hours=1)


def run_hour(folder: Path, *, orders: int, seed: int) -> Verdict:
    """Trade an hour on the broker's clock, then compare ledger, order lists, journal, page and trade log."""
    began_s = time.monotonic()
    house = House(folder, rules=RULES, TANDEM_RECORDS="true")
    try:
        house.wait_ready()
        await_copying(house)
        house.control("PUT", "/behaviour", {"has_rate_limits": False})
        random = Random(f"hour {seed}")  # noqa: S311 - to be repeated, not secret
        trader = Trader(house, random, orders, pause_s=PAUSE_S)
        began, traded_s = _now(house), time.monotonic()
        with ThreadPoolExecutor() as pool:
            stop = threading.Event()
            trading = pool.submit(trader.work, stop)
            try:
                while not trading.done():
                    stop.wait(0.1)
                    due = began + HOUR * min(trader.placed / orders, 1)
                    while _now(house) + STEP <= due:
                        _go_to(house, _now(house) + STEP)
            finally:
                stop.set()
            trading.result()
        trader.close()
        traded_s = time.monotonic() - traded_s
        verdict = Verdict(seed=seed, orders=trader.placed)
        settle(house, Operator(house), verdict)
        if verdict.orders < orders or _now(house) - began < HOUR - STEP:
            verdict.violations.append(
                Violation("wrong", "It was no hour, or not all orders were placed.", ())
            )
        verdict.counts |= {
            "orders of the trader": trader.placed,
            "changed, cancelled": f"{trader.changed}, {trader.cancelled}",
            "on the broker's clock": str(_now(house) - began).partition(".")[0],
            "of trading, s": round(traded_s, 1),
            "in all, s": round(time.monotonic() - began_s, 1),
        }
    except Exception as e:
        raise AssertionError(f"Seed {seed}: {e}\n{house.output}") from e
    else:
        return verdict
    finally:
        house.close()


def _now(house: House) -> datetime:
    return datetime.fromisoformat(house.control("GET", "/status")["session_time"])


def _go_to(house: House, moment: datetime) -> None:
    house.control("POST", "/clock", {"advance_to": moment.isoformat()})


@click.command()
@click.option("--orders", default=600, show_default=True, help="Primary orders of the hour.")
@click.option("--seed", default=1, show_default=True, help="Of the trader's choices.")
def main(orders: int, seed: int) -> None:
    """Copy an hour's orders in about a minute; exit code 1 if anything disagrees."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whatever was started ends with us
    with tempfile.TemporaryDirectory(prefix="tandem-hour-") as folder:
        verdict = run_hour(Path(folder), orders=orders, seed=seed)
    click.echo(verdict.report)
    sys.exit(bool(verdict.violations))


if __name__ == "__main__":
    main()
