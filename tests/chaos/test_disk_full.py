"""A journal that cannot be written: nothing leaves unrecorded, the page says why, it goes on by itself."""

import os
import resource
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.builders.eventually import eventually
from tests.chaos import check_agreement, check_orders
from tests.chaos.evidence import collect
from tests.chaos.house import PRIMARY, SECONDARIES, House
from tests.chaos.operators import Operator

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

UNLIMITED = resource.RLIM_INFINITY
SIZE_KIB = 4096


class SizeLimit:
    """The engine's files may not grow (RLIMIT_FSIZE, for the running engine and those to come)."""

    def __init__(self, _folder: Path, house: House) -> None:
        self._house = house

    def fill(self) -> None:
        """Leave no room behind what the journal's log has by now."""
        log = self._house.data / "paper" / "journal.db-wal"
        self._limit(log.stat().st_size)

    def free(self) -> None:
        """Lift the limit."""
        self._limit(UNLIMITED)

    def _limit(self, size: int) -> None:
        engine = self._house.run.programs()["engine"]
        for process_id in (self._house.run.process.pid, engine):
            resource.prlimit(process_id, resource.RLIMIT_FSIZE, (size, UNLIMITED))


class SmallDisk:
    """The folder lies on a file system of its own with a few megabytes, which a ballast file fills."""

    def __init__(self, folder: Path, _house: House) -> None:
        self._ballast = folder / "paper" / "ballast"

    def fill(self) -> None:
        """Write until there is no room."""
        with self._ballast.open("wb", buffering=0) as file:
            for piece in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(b"x" * piece):
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small file system for the paper folder, without the exchange's part; False if we may not."""
    home, aside = folder / "paper", folder / "exchange"
    home.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KIB}k,mode=700", "tmpfs", str(home)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        home.rmdir()
        yield False
        return
    try:
        aside.mkdir()
        (home / "exchange").symlink_to(aside)
        yield True
    finally:
        subprocess.run(["umount", str(home)], check=True)


def _ways() -> list[Any]:
    """Return the ways that this machine permits; the first works everywhere."""
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder)) as is_permitted:
        return [SizeLimit, SmallDisk] if is_permitted else [SizeLimit]


@pytest.mark.parametrize("way", _ways())
def test_a_full_disk_stops_sending_and_loses_nothing(tmp_path: Path, way: Any) -> None:
    with ExitStack() as stack:
        if way is SmallDisk:
            assert stack.enter_context(small_disk(tmp_path))
        house = House(tmp_path)
        stack.callback(house.close)
        house.wait_ready()
        first = _buy(house)
        eventually(lambda: _is_copied(house, first), timeout_s=60, what="copies before the disk was full")
        disk = way(tmp_path, house)

        disk.fill()
        later = [_buy(house) for _ in range(3)]
        eventually(
            lambda: "could not be written" in _looking(house), timeout_s=60, what="the page saying why"
        )
        assert "Nothing is sent until the journal can be written again" in house.output
        known = str(house.ledger()[-1]["number"])
        stopped = house.ask("POST", "/stop")
        assert stopped.status_code == 409, stopped.text
        assert "end Tandem" in stopped.text
        assert not [row for row in house.ledger(after=known) if row["account"] in SECONDARIES]
        disk.free()

        eventually(lambda: all(_is_copied(house, one) for one in later), timeout_s=90, what="the copies")
        _check(house)


def _buy(house: House) -> str:
    kite = house.kite(PRIMARY)
    try:
        order_id: str = kite.place_order(
            "regular",
            exchange="NSE",
            tradingsymbol="LT",
            transaction_type="BUY",
            quantity=2,
            product="MIS",
            order_type="MARKET",
            market_protection=-1,
        )
    finally:
        kite.reqsession.close()
    return order_id


def _looking(house: House) -> str:
    shown = house.shown()
    return (shown["status"]["looking_fails"] or "") if shown else ""


def _is_copied(house: House, order_id: str) -> bool:
    shown = house.shown()
    if shown is None:
        return False
    Operator(house).answer(shown, Event())
    states = [shown["copies"].get(f"{order_id}:{account}", {}).get("state") for account in SECONDARIES]
    return states == ["FILLED"] * len(SECONDARIES)


def _check(house: House) -> None:
    """Compare ledger, lists, positions, journal and page until they agree."""
    house.control("PUT", "/behaviour", {"has_rate_limits": False})

    def agrees() -> bool:
        seen = collect(house, Counter())
        assert seen is not None
        violations = [*check_orders.check(seen), *check_agreement.check(seen)]
        assert not violations, violations
        return True

    eventually(agrees, timeout_s=60, what="agreement after the disk was full")
