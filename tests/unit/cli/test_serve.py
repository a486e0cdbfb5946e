"""What `serve` starts: which programs, in which order, told what."""

from pathlib import Path

from app.bootstrap.options import Link
from app.cli.serve import programs
from app.settings import Settings, Venue

LINK = Link(port=4321, secret="of this start")


def test_paper_has_an_exchange_and_live_has_none(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    paper, live = (programs(settings, venue, LINK, 7) for venue in (Venue.PAPER, Venue.LIVE))
    assert [p.name for p in paper] == ["exchange", "engine", "web", "google", "records"]
    assert [p.name for p in live] == ["engine", "web", "records"]


def test_copying_needs_no_records(tmp_path: Path) -> None:
    for venue in Venue:
        started = programs(Settings(data=tmp_path), venue, LINK, 7)
        assert [p.name for p in started if not p.is_vital] == [
            p.name for p in started if p.name in {"google", "records"}
        ]
        without = programs(Settings(data=tmp_path, records=False), venue, LINK, 7)
        assert [p.name for p in without] == [p.name for p in started if p.is_vital]


def test_every_program_holds_the_folder_and_only_the_link_s_two_ends_know_its_secret(tmp_path: Path) -> None:
    for program in programs(Settings(data=tmp_path), Venue.PAPER, LINK, 7):
        assert program.files == (7,)
        assert ("of this start" in str(program.greeting)) == (program.name in {"engine", "web"})
        assert "of this start" not in " ".join(program.command)
        assert "of this start" not in repr(program)


def test_engine_and_web_are_told_the_venue(tmp_path: Path) -> None:
    for venue in Venue:
        for program in programs(Settings(data=tmp_path), venue, LINK, 7):
            assert program.name in {"exchange", "google"} or program.command[-2:] == ("--venue", venue.value)
