"""`run.py serve`, the default: everything a trading day needs, supervised."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path

import click

from app.adapters.storage.lock import DataFolderInUseError, DataFolderLock
from app.bootstrap.configuration import check_configuration, rulebook
from app.bootstrap.options import Link
from app.bootstrap.web import issue_sign_in_link
from app.cli.settings_option import (
    EXIT_BAD_CONFIGURATION,
    chosen_venue,
    refuse,
    settings_or_refuse,
    venue_option,
)
from app.cli.supervisor.child import Program
from app.cli.supervisor.children_lock import OrphansError, take
from app.cli.supervisor.greeting import greeting, new_link
from app.cli.supervisor.paper_folder import PAPER_ACCOUNTS, lay_out
from app.cli.supervisor.ports import why_unusable
from app.cli.supervisor.ready_block import ready_block
from app.cli.supervisor.supervisor import Supervisor
from app.settings import PAPER_SPREADSHEET, PROJECT, Settings, Venue

_RUN = (sys.executable, str(PROJECT / "run.py"))


@click.command("serve")
@venue_option
def command(venue: str | None) -> None:
    """Copy orders and show them in the browser, until Ctrl-C.

    Paper trading unless config/accounts_config.json exists; --paper and --live decide it by hand.
    """
    settings = settings_or_refuse()
    chosen = chosen_venue(settings, venue)
    home = _prepared_home(settings, chosen)
    with _locked(home) as lock:
        _refuse_taken_ports(settings, chosen)
        if problems := check_configuration(settings, chosen):
            listed = "\n".join(str(problem) for problem in problems)
            refuse(f"The configuration cannot be used. Nothing was started.\n{listed}")
        sys.exit(_supervise(settings, chosen, lock.fileno()))


def programs(settings: Settings, venue: Venue, link: Link, lock: int) -> list[Program]:
    """Name what is started, in order. The lock goes along: a folder stays taken until the last is gone."""
    told = greeting(link)
    engine = Program(
        name="engine",
        command=(*_RUN, "engine", "--venue", venue.value),
        greeting=told,
        files=(lock,),
        stop_within_s=10.0,
        silent_limit_s=settings.hang_limit_s,
    )
    web = Program(
        name="web",
        command=(*_RUN, "web", "--venue", venue.value),
        greeting=told,
        files=(lock,),
        silent_limit_s=settings.hang_limit_s,
    )
    records = _records(settings, venue, lock)
    if venue is Venue.LIVE:
        return [engine, web, *records]
    return [_exchange(settings, lock), engine, web, *records]


def _exchange(settings: Settings, lock: int) -> Program:
    options = {
        "--port": settings.exchange_port,
        "--accounts": len(PAPER_ACCOUNTS),
        "--scenario": "day",
        "--state-dir": settings.home(Venue.PAPER) / "exchange",
    }
    return Program(
        name="exchange",
        command=(*_RUN, "exchange", "--supervised", *_words(options)),
        greeting=greeting(None),
        files=(lock,),
        silent_limit_s=settings.hang_limit_s,
    )


def _records(settings: Settings, venue: Venue, lock: int) -> list[Program]:
    """Name what keeps the trade log, and in paper trading the stand-in for Google. Copying needs neither."""
    if not settings.records:
        return []
    keeper = Program(
        name="records",
        command=(*_RUN, "records", "--venue", venue.value),
        greeting=greeting(None),
        files=(lock,),
        # One request to Google may take all of its time limits before the next sign of life.
        silent_limit_s=settings.hang_limit_s * 6,
        is_vital=False,
    )
    if venue is Venue.LIVE:
        return [keeper]
    options = {
        "--port": settings.google_port,
        "--state-dir": settings.home(Venue.PAPER) / "google",
        "--key-file": settings.paper_key_file,
        "--spreadsheet": PAPER_SPREADSHEET,
    }
    google = Program(
        name="google",
        command=(*_RUN, "google", "--supervised", *_words(options)),
        greeting=greeting(None),
        files=(lock,),
        is_vital=False,
    )
    return [google, keeper]


def _words(options: Mapping[str, object]) -> list[str]:
    return [str(word) for option in options.items() for word in option]


@contextmanager
def _locked(home: Path) -> Iterator[TextIOWrapper]:
    """Hold a data folder, alone; the children are given the lock that is yielded."""
    try:
        with DataFolderLock(home), take(home) as lock:
            yield lock
    except (DataFolderInUseError, OrphansError) as error:
        refuse(str(error))


def _prepared_home(settings: Settings, venue: Venue) -> Path:
    home = settings.home(venue)
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if venue is Venue.PAPER:
            lay_out(settings)
    except OSError as error:
        refuse(f"The data folder {home} cannot be used: {error}. Choose another one: TANDEM_DATA=…")
    return home


def _refuse_taken_ports(settings: Settings, venue: Venue) -> None:
    asked = [why_unusable(settings.host, settings.port, purpose="web page", variable="TANDEM_PORT")]
    if venue is Venue.PAPER:
        port = settings.exchange_port
        asked.append(
            why_unusable("127.0.0.1", port, purpose="paper exchange", variable="TANDEM_EXCHANGE_PORT")
        )
    if venue is Venue.PAPER and settings.records:
        port = settings.google_port
        asked.append(
            why_unusable("127.0.0.1", port, purpose="stand-in for Google", variable="TANDEM_GOOGLE_PORT")
        )
    if problems := [problem for problem in asked if problem]:
        refuse("\n".join(["Nothing was started.", *problems]))


def _supervise(settings: Settings, venue: Venue, lock: int) -> int:
    say = partial(_say, [True])
    supervisor = Supervisor(programs(settings, venue, new_link(settings.host), lock), say)

    def when_ready() -> None:
        say(ready_block(settings, venue, rulebook(settings, venue), issue_sign_in_link(settings, venue)))

    code = asyncio.run(supervisor.run(when_ready))
    say("Tandem has stopped." if code != EXIT_BAD_CONFIGURATION else "Tandem was not able to run.")
    return code


def _say(is_open: list[bool], text: str) -> None:
    """Print, unless nobody can read any more: a closed terminal must not end the copying."""
    if is_open[0]:
        try:
            print(text, flush=True)
        except OSError:
            is_open[0] = False
