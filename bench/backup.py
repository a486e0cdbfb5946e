"""How long the order path waits for the journal while a long one is backed up: `python -m bench.backup`.

The journal is written to as fast as it takes facts, the backup is made by another process as it is for users.
Writes with and without a backup under way alternate, so that whatever else this machine does befalls both.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import quantiles

import click

from app.adapters.storage.journal import SqlJournal
from app.adapters.system_clock import SystemClock
from app.domain.events import AlertRaised
from app.domain.session import trade_date

ROUNDS = 5
_FILL = 5_000
_BACK_UP = (
    "import sys; from pathlib import Path; from app.adapters.storage.backup import back_up; "
    "back_up(Path(sys.argv[1]), Path(sys.argv[2]), reason='asked')"
)


@click.command()
@click.option("--facts", default=1_000_000, show_default=True, help="How long the journal is.")
def main(facts: int) -> None:
    """Fill a journal, then write to it with and without a backup under way, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        journal = SqlJournal(path, SystemClock())
        _fill(journal, facts)
        size_mb = path.stat().st_size / 1e6
        click.echo(f"{facts} facts, {size_mb:.0f} MB")
        alone: list[float] = []
        beside: list[float] = []
        took_s: list[float] = []
        for number in range(ROUNDS):
            began = time.perf_counter()
            command = [sys.executable, "-c", _BACK_UP, str(path), f"{folder}/backups-{number}"]
            backup = subprocess.Popen(command)  # noqa: S603 - our own words
            beside += _write_while(journal, partial(_runs, backup))
            took_s.append(time.perf_counter() - began)
            over = time.perf_counter() + took_s[-1]
            alone += _write_while(journal, partial(_is_before, over))
        journal.close()
    _report(alone, beside, took_s)


def _fill(journal: SqlJournal, facts: int) -> None:
    day = trade_date(SystemClock().now())
    fact = AlertRaised(text="A sentence about as long as what the journal mostly holds, " * 4)
    for _ in range(0, facts, _FILL):
        journal.append([fact] * _FILL, day=day)


def _write_while(journal: SqlJournal, is_on: Callable[[], bool]) -> list[float]:
    """Write one fact after the other and return how long each took, in ms."""
    day = trade_date(SystemClock().now())
    took_ms = []
    while is_on():
        began = time.perf_counter()
        journal.append([AlertRaised(text="one")], day=day)
        took_ms.append((time.perf_counter() - began) * 1000)
    return took_ms


def _runs(process: "subprocess.Popen[bytes]") -> bool:
    return process.poll() is None


def _is_before(moment_s: float) -> bool:
    return time.perf_counter() < moment_s


def _report(alone: list[float], beside: list[float], took_s: list[float]) -> None:
    click.echo(f"{len(took_s)} backups, {min(took_s):.1f} to {max(took_s):.1f} s each")
    for name, times in (("alone", alone), ("beside a backup", beside)):
        cuts = quantiles(times, n=1000)
        click.echo(
            f"{name:16} {len(times):7} writes   p50 {cuts[499]:.2f}   p99 {cuts[989]:.2f}   "
            f"p99.9 {cuts[998]:.2f}   longest {max(times):.1f} ms"
        )
    ratio = quantiles(beside, n=100)[98] / quantiles(alone, n=100)[98]
    click.echo(f"p99 beside a backup is {ratio:.2f} times that alone")


if __name__ == "__main__":
    main()
