"""The instrument list: what is read of it, and which list is used when Kite does not answer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.adapters.kite import instruments as module
from app.adapters.kite.instruments import KiteInstruments, parse
from app.adapters.kite.roots import Roots
from app.domain.instruments import Instrument
from app.ports.broker import BrokerUnavailableError
from tests.fakes.clock import FakeClock

HEADER = (
    "instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,"
    "tick_size,lot_size,instrument_type,segment,exchange\n"
)
INFY = "408065,1594,INFY,INFOSYS,0.0,,0.0,0.1,1,EQ,NSE,NSE\n"
FUTURE = "1,1,NIFTY26NOVFUT,NIFTY,0.0,2026-11-24,,0.1,65,FUT,NFO-FUT,NFO\n"
CALL = "2,2,NIFTY26NOV26000CE,NIFTY,0.0,2026-11-24,26000.0,0.05,65,CE,NFO-OPT,NFO\n"
INDEX = "256265,1001,NIFTY 50,NIFTY 50,0.0,,0.0,0.0,0,EQ,INDICES,NSE\n"
DUMP = (HEADER + INFY + FUTURE + CALL + INDEX).encode()
FREEZE = {"NIFTY": 1800, "EQUITY": 100_000}


class Kite:
    """Stands for Kite: gives what `content` holds, or fails."""

    def __init__(self) -> None:
        self.content: bytes | None = DUMP
        self.calls = 0

    def fetch(self, *_: object) -> bytes:
        self.calls += 1
        if self.content is None:
            raise BrokerUnavailableError("Kite's instrument list was not read (ConnectionError).")
        return self.content


class World:
    """A folder, a clock and Kite; makes as many programs on them as a test needs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.kite = Kite()
        self.reports: list[str] = []
        monkeypatch.setattr(module, "_fetch", self.kite.fetch)

    def start(self, *, keeps_file: bool = True) -> KiteInstruments:
        return KiteInstruments(
            roots=Roots(),
            clock=self.clock,
            freeze_quantities=lambda: FREEZE,
            folder=self.folder if keeps_file else None,
            report=self.reports.append,
        )

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


async def test_what_is_found(world: World) -> None:
    instruments = world.start()
    assert instruments.find("NSE:INFY") is None
    await instruments.refresh()
    assert instruments.find("NSE:INFY") == Instrument(
        exchange="NSE",
        tradingsymbol="INFY",
        name="INFOSYS",
        lot_size=1,
        tick_size=Decimal("0.1"),
        freeze_quantity=100_000,
    )
    assert instruments.find("NFO:NIFTY26NOVFUT") == Instrument(
        exchange="NFO",
        tradingsymbol="NIFTY26NOVFUT",
        name="NIFTY",
        lot_size=65,
        tick_size=Decimal("0.1"),
        freeze_quantity=1800,
    )
    assert instruments.find("NSE:NIFTY 50") is None
    assert instruments.find("INFY") is None
    assert len(instruments) == 3
    assert world.reports == []


@pytest.mark.parametrize(
    "row",
    [
        FUTURE.replace(",65,", ",0,"),
        FUTURE.replace(",65,", ",lots,"),
        FUTURE.replace(",65,", ",,"),
        FUTURE.replace(",0.1,65", ",0,65"),
        FUTURE.replace(",0.1,65", ",NaN,65"),
        FUTURE.replace("NIFTY26NOVFUT", " "),
        "1,2,3\n",
        "\n",
    ],
)
def test_a_row_without_sense_is_left_out_and_counted(row: str) -> None:
    found = parse((HEADER + row + CALL).encode())
    assert list(found.terms) == ["NFO:NIFTY26NOV26000CE"]
    assert found.unreadable == (row != "")


def test_columns_are_found_by_name() -> None:
    found = parse(
        b"exchange,segment,lot_size,tradingsymbol,tick_size,instrument_type,name\nNSE,NSE,1,X,0.05,EQ,X\n"
    )
    assert list(found.terms) == ["NSE:X"]


@pytest.mark.parametrize("content", [b"", b"<html>no</html>", HEADER.encode(), b"a,b\n1,2\n", b"\xff\xfe\n"])
async def test_a_list_without_instruments_is_not_taken_over(world: World, content: bytes) -> None:
    instruments = world.start()
    await instruments.refresh()
    world.kite.content = content
    with pytest.raises(BrokerUnavailableError, match="empty"):
        await instruments.refresh()
    assert instruments.find("NSE:INFY")


async def test_a_list_that_lost_most_of_its_rows_is_not_taken_over(world: World) -> None:
    instruments = world.start()
    await instruments.refresh()
    world.kite.content = (HEADER + FUTURE).encode()
    with pytest.raises(BrokerUnavailableError, match="had 1 rows where there were 3"):
        await instruments.refresh()
    assert instruments.find("NSE:INFY")


@pytest.mark.parametrize(
    "bad",
    ["9" * 200_000 + ",x\n", '"' + "9" * 200_000 + '"\n', "\x00\x00,\x00\n", "9" * 5000 + ",1," * 20 + "\n"],
)
def test_rows_that_break_the_csv_itself_cost_only_themselves(bad: str) -> None:
    found = parse((HEADER + FUTURE + bad + CALL).encode())
    assert list(found.terms) == ["NFO:NIFTY26NOVFUT", "NFO:NIFTY26NOV26000CE"]
    assert found.unreadable == 1


def test_an_open_quote_swallows_what_follows_and_ends_nothing() -> None:
    found = parse((HEADER + FUTURE + '1,"' + CALL * 5000).encode())
    assert "NFO:NIFTY26NOVFUT" in found.terms


async def test_unreadable_rows_are_reported(world: World) -> None:
    world.kite.content = DUMP + b"1,2,3\n"
    await world.start().refresh()
    assert "1 rows" in world.reports[0]


async def test_a_second_start_on_the_same_morning_asks_nobody(world: World) -> None:
    await world.start().refresh()
    world.clock.advance(3600)
    second = world.start()
    await second.refresh()
    assert world.kite.calls == 1
    assert second.find("NSE:INFY")
    await second.refresh()
    assert world.kite.calls == 2


async def test_a_file_from_before_kite_renews_its_list_is_yesterdays(world: World) -> None:
    world.clock.set_wall(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))  # 07:30 IST
    await world.start().refresh()
    world.clock.set_wall(datetime(2026, 11, 20, 2, 45, tzinfo=UTC))
    await world.start().refresh()
    assert world.kite.calls == 1
    world.clock.set_wall(datetime(2026, 11, 20, 3, 30, tzinfo=UTC))  # 09:00 IST
    await world.start().refresh()
    assert world.kite.calls == 2


async def test_an_old_file_is_the_last_resort_and_said(world: World) -> None:
    await world.start().refresh()
    world.clock.advance(timedelta(days=3).total_seconds())
    world.kite.content = None
    instruments = world.start()
    await instruments.refresh()
    assert instruments.find("NSE:INFY")
    [report] = world.reports
    assert "20 Nov 2026" in report
    with pytest.raises(BrokerUnavailableError):
        await instruments.refresh()


async def test_with_neither_kite_nor_a_file_there_is_no_list(world: World) -> None:
    world.kite.content = None
    with pytest.raises(BrokerUnavailableError):
        await world.start().refresh()


@pytest.mark.parametrize("content", [b"", b"half a fi"])
async def test_a_spoilt_file_is_no_list(world: World, content: bytes) -> None:
    await world.start().refresh()
    (world.folder / world.files[0]).write_bytes(content)
    world.kite.content = None
    with pytest.raises(BrokerUnavailableError):
        await world.start().refresh()


async def test_one_file_is_kept_and_strangers_are_left_alone(world: World) -> None:
    (world.folder / "instruments-0.csv").write_text("hello")
    (world.folder / "other.txt").write_text("hello")
    instruments = world.start()
    for _ in range(3):
        await instruments.refresh()
        world.clock.advance(86400)
    assert world.files == ["instruments-0.csv", "instruments-20261122T043000Z.csv", "other.txt"]


async def test_no_folder_no_file(world: World) -> None:
    await world.start(keeps_file=False).refresh()
    await world.start(keeps_file=False).refresh()
    assert world.files == []
    assert world.kite.calls == 2


async def test_a_folder_that_cannot_be_written_costs_only_the_file(world: World) -> None:
    world.folder = world.folder / "file" / "below"
    world.folder.parent.write_text("no folder")
    instruments = world.start()
    await instruments.refresh()
    assert instruments.find("NSE:INFY")
