"""The day's profit and loss: sampled from the live state, kept in a file, served whole after a restart."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.web import pnl_sampler, pnl_series
from app.web.application import pnl_of
from app.web.pnl_sampler import PnlSampler
from app.web.pnl_series import MOST_SAMPLES, PnlSeries, Sample
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually
from tests.fakes.service import FakeService
from tests.web.conftest import BASE, Clock, Site, build_site

DAY = "2026-11-20"
AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
STEP = timedelta(seconds=15)


def sample(number: int, **pnl: str | None) -> Sample:
    return Sample(at=AT + number * STEP, pnl=pnl)


def told(site: Site) -> Any:
    return site.operator().get("/api/v1/pnl", base_url=BASE).json


def show(site: Site, **pnl: str | None) -> None:
    at = site.clock.at.isoformat()
    site.engine.show(portfolios={id_: rows.portfolio(id_, pnl=text, as_of=at) for id_, text in pnl.items()})


def test_the_series_grows_with_the_live_portfolios_and_is_there_after_a_restart(
    site: Site, tmp_path: Path
) -> None:
    moments: list[dict[str, str | None]] = [
        {"A": "1.00"},
        {"A": "-2.50", "B": None},
        {"A": "0.00", "B": "7.10"},
    ]
    for number, pnl in enumerate(moments):
        site.clock.at = AT + number * STEP
        show(site, **pnl)
        pnl_of(site.app).sample()
    expected = {
        "times": ["2026-11-20T04:00:00+00:00", "2026-11-20T04:00:15+00:00", "2026-11-20T04:00:30+00:00"],
        "accounts": {"A": ["1.00", "-2.50", "0.00"], "B": [None, None, "7.10"]},
    }
    assert told(site) == expected
    assert told(build_site(tmp_path, site.clock)) == expected


def test_it_takes_a_session(site: Site) -> None:
    assert site.visitor().get("/api/v1/pnl", base_url=BASE).status_code == 401


def test_what_is_frozen_or_unknown_is_no_sample(site: Site) -> None:
    sampler = pnl_of(site.app)
    sampler.sample()
    show(site, A=None)
    sampler.sample()
    show(site, A="1.00")
    site.clock.at += timedelta(seconds=61)
    sampler.sample()
    show(site, A="1.00")
    site.engine.lose_link()
    sampler.sample()
    assert told(site) == {"times": [], "accounts": {}}
    site.engine.never_heard()
    sampler.sample()
    assert told(site) == {"times": [], "accounts": {}}


@pytest.mark.parametrize("torn", [b'{"at":"2026-11-20T04:00:30+00:00","pn', b"\xff\x00", b"{}", b"5\n\n"])
def test_a_line_that_cannot_be_read_costs_only_itself(tmp_path: Path, torn: bytes) -> None:
    series = PnlSeries(tmp_path)
    series.add(DAY, sample(0, A="1.00"))
    series.add(DAY, sample(1, A="2.00"))
    file = tmp_path / f"{DAY}.jsonl"
    with file.open("ab") as end:
        end.write(torn)
    again = PnlSeries(tmp_path)
    again.add(DAY, sample(3, A="3.00"))
    assert PnlSeries(tmp_path).of(DAY)["accounts"] == {"A": ["1.00", "2.00", "3.00"]}
    assert again.of(DAY) == PnlSeries(tmp_path).of(DAY)


def test_the_file_is_the_operators_alone_and_only_grows(tmp_path: Path) -> None:
    series = PnlSeries(tmp_path / "pnl")
    series.add(DAY, sample(0, A="1.00"))
    file = tmp_path / "pnl" / f"{DAY}.jsonl"
    before = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    series.add(DAY, sample(1, A="1.00"))
    assert file.read_bytes().startswith(before)


def test_samples_come_no_closer_than_they_should_and_never_backwards(tmp_path: Path) -> None:
    series = PnlSeries(tmp_path)
    for number in (0, 1, 1, 0, 2):
        series.add(DAY, sample(number, A=str(number)))
    assert series.of(DAY)["accounts"] == {"A": ["0", "1", "2"]}


def test_a_day_has_only_so_many_samples_in_memory_and_on_disk(tmp_path: Path) -> None:
    series = PnlSeries(tmp_path)
    for number in range(MOST_SAMPLES + 5):
        series.add(DAY, sample(number, A="1"))
    assert len(series.of(DAY)["times"]) == MOST_SAMPLES
    size = (tmp_path / f"{DAY}.jsonl").stat().st_size
    again = PnlSeries(tmp_path)
    again.add(DAY, sample(MOST_SAMPLES + 9, A="1"))
    assert len(again.of(DAY)["times"]) == MOST_SAMPLES
    assert (tmp_path / f"{DAY}.jsonl").stat().st_size == size


def test_another_day_begins_anew_and_drops_the_older_files_but_one(tmp_path: Path) -> None:
    series = PnlSeries(tmp_path)
    series.add(DAY, sample(0, A="1"))
    series.add("2026-11-23", sample(9, A="2"))
    series.add("2026-11-24", sample(9, A="3"))
    assert series.of("2026-11-24")["accounts"] == {"A": ["3"]}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["2026-11-23.jsonl", "2026-11-24.jsonl"]


def test_a_day_that_comes_back_goes_on_where_it_was(tmp_path: Path) -> None:
    series = PnlSeries(tmp_path)
    series.add(DAY, sample(0, A="1"))
    series.add("2026-11-23", sample(9, A="7"))
    series.add(DAY, sample(1, A="2"))
    assert series.of(DAY)["accounts"] == {"A": ["1", "2"]}


def test_what_cannot_be_written_or_read_is_said_once_and_kept_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / f"{DAY}.jsonl").mkdir()
    series = PnlSeries(tmp_path)
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            series.add(DAY, sample(number, A="1"))
    assert series.of(DAY)["accounts"] == {"A": ["1", "1", "1"]}
    assert len(caplog.records) == 1
    (tmp_path / f"{DAY}.jsonl").rmdir()
    series.add(DAY, sample(3, A="2"))
    assert PnlSeries(tmp_path).of(DAY)["accounts"] == {"A": ["2"]}


def test_the_sampler_goes_on_after_a_moment_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pnl_sampler, "SAMPLE_EVERY_S", 0.01)
    monkeypatch.setattr(pnl_sampler, "FIRST_SAMPLE_AFTER_S", 0.01)
    monkeypatch.setattr(pnl_series, "SAMPLE_EVERY_S", 0.0)
    engine, clock = FakeService(), Clock()
    series, fails = PnlSeries(tmp_path), [RuntimeError("planned")]
    heard = engine.snapshot

    def snapshot() -> Any:
        if fails:
            raise fails.pop()
        return heard()

    engine.snapshot = snapshot  # type: ignore[method-assign]  # one moment fails
    engine.show(portfolios={"A": rows.portfolio("A", as_of=clock.at.isoformat())})
    sampler = PnlSampler(engine, series, clock)
    sampler.start()
    eventually(lambda: series.of(DAY)["times"])
    sampler.close()
    assert fails == []
