"""What outlives a killed exchange beside the venue's own state: the ledger and the session clock."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.exchange.clock_file import open_clock, save_clock
from app.exchange.ledger import Ledger, Outcome
from app.exchange.ledger_file import FILE_NAME, LedgerFile


def place(ledger: Ledger, tag: str) -> None:
    entry = ledger.open(
        arrived_ns=1, action="place", account="PA0001", variety="regular", order_id=None, params={"tag": tag}
    )
    ledger.accept(entry, [f"order of {tag}"], at_ns=2)


def test_a_ledger_without_a_directory_is_in_memory() -> None:
    with closing(LedgerFile(None)) as kept:
        place(kept.ledger, "A")


def test_the_ledger_comes_back_with_every_fate(tmp_path: Path) -> None:
    with closing(LedgerFile(tmp_path)) as kept:
        ledger = kept.ledger
        place(ledger, "A")
        ledger.open(arrived_ns=3, action="cancel", account=None, variety="regular", order_id="9", params={})
    with closing(LedgerFile(tmp_path)) as again:
        assert [e.to_json() for e in again.ledger.entries()] == [e.to_json() for e in ledger.entries()]
        assert [e.outcome for e in again.ledger.entries()] == [Outcome.ACCEPTED, Outcome.PENDING]
        assert again.ledger.has_placed("PA0001", "order of A")
        place(again.ledger, "B")
    with closing(LedgerFile(tmp_path)) as third:
        assert [e.number for e in third.ledger.entries()] == [1, 2, 3]


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    with closing(LedgerFile(tmp_path)) as kept:
        place(kept.ledger, "A")
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes() + b'{"number":2,"arri')
    with closing(LedgerFile(tmp_path)) as again:
        assert [e.tag for e in again.ledger.entries()] == ["A"]
        place(again.ledger, "B")
    with closing(LedgerFile(tmp_path)) as third:
        assert [e.tag for e in third.ledger.entries()] == ["A", "B"]


def test_the_clock_goes_on_where_it_stood(tmp_path: Path) -> None:
    at = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    clock = open_clock(tmp_path, lambda: at)
    clock.advance_to(clock.now() + timedelta(hours=2))
    save_clock(tmp_path, clock)
    save_clock(None, clock)
    later = open_clock(tmp_path, lambda: at + timedelta(minutes=5))
    assert later.now() == clock.now() + timedelta(minutes=5)
