"""What `serve` starts: which programs, in which order, told what."""

from pathlib import Path

from app.bootstrap.options import Link
from app.cli.serve import programs
from app.settings import Settings, Venue

LINK = Link(port=4321, secret="of this start")


def test_paper_has_an_exchange_and_live_has_none(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    assert [p.name for p in programs(settings, Venue.PAPER, LINK, 7)] == ["exchange", "engine", "web"]
    assert [p.name for p in programs(settings, Venue.LIVE, LINK, 7)] == ["engine", "web"]


def test_every_program_holds_the_folder_and_only_the_link_s_two_ends_know_its_secret(tmp_path: Path) -> None:
    for program in programs(Settings(data=tmp_path), Venue.PAPER, LINK, 7):
        assert program.files == (7,)
        assert ("of this start" in str(program.greeting)) == (program.name != "exchange")
        assert "of this start" not in " ".join(program.command)
        assert "of this start" not in repr(program)


def test_engine_and_web_are_told_the_venue(tmp_path: Path) -> None:
    for venue in Venue:
        for program in programs(Settings(data=tmp_path), venue, LINK, 7):
            assert program.name == "exchange" or program.command[-2:] == ("--venue", venue.value)
