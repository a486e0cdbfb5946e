"""How this process runs: the `TANDEM_*` environment, checked, and where its folders lie."""

import difflib
import os
from collections.abc import Mapping
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

PREFIX = "TANDEM_"
PROJECT = Path(__file__).resolve().parents[1]
"""The folder that holds run.py."""

PAPER_SPREADSHEET = "paper-trade-log"
"""The spreadsheet that paper trading logs to, at the stand-in for Google."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Venue(StrEnum):
    """Where orders go: the exchange in this tree, or Kite. The two never share a folder."""

    PAPER = "paper"
    LIVE = "live"


class SettingsError(Exception):
    """The environment says something we do not understand; the text has one line per problem."""


def _loopback(host: str) -> str:
    if host not in _LOOPBACK:
        raise ValueError("only a loopback address is served: 127.0.0.1, ::1 or localhost")
    return host


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


Port = Annotated[int, Field(ge=1, le=65535)]
Folder = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseModel):
    """Process settings. Each field is the variable `TANDEM_<NAME>`; docs/operations.md explains them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"
    port: Port = 5000
    exchange_port: Port = 5010
    google_port: Port = 5020
    data: Folder = PROJECT / "data"
    config: Folder = PROJECT / "config"
    socketio: Literal["eventlet", "threading"] = "eventlet"
    vault_key_file: Folder | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    records: bool = True
    keep_days: Annotated[int, Field(ge=0, le=36500)] = 0
    hang_limit_s: Annotated[float, Field(ge=0, le=3600)] = 20.0

    def home(self, venue: Venue) -> Path:
        """Return the folder with everything one venue writes: journal, sign-in, lock."""
        return self.data / venue

    def rules_folder(self, venue: Venue) -> Path:
        """Return where the operator edits: paper has its own copies, so that it never sees live accounts."""
        return self.config if venue is Venue.LIVE else self.home(venue) / "config"

    @property
    def paper_key_file(self) -> Path:
        """Where the stand-in for Google leaves the key to paper trading's log."""
        return self.home(Venue.PAPER) / "google-key.json"

    @property
    def google_root(self) -> str:
        """Where paper trading keeps its trade log."""
        return f"http://127.0.0.1:{self.google_port}"

    @property
    def exchange_root(self) -> str:
        """Where paper accounts send their orders."""
        return f"http://127.0.0.1:{self.exchange_port}"


def variables() -> tuple[str, ...]:
    """Return the name of every variable we read."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; SettingsError names every unknown or wrong variable.

    An empty variable counts as absent, as shells and service files make it.
    """
    environ = os.environ if environ is None else environ
    ours = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    problems = [_unknown(name) for name in sorted(ours) if name not in variables()]
    given = {name.removeprefix(PREFIX).lower(): value for name, value in ours.items() if value.strip()}
    try:
        settings = Settings.model_validate({k: v for k, v in given.items() if k in Settings.model_fields})
    except ValidationError as error:
        problems += [f"{PREFIX}{str(found['loc'][0]).upper()}: {found['msg']}." for found in error.errors()]
        raise SettingsError("\n".join(problems)) from None
    problems += _shared_ports(settings)
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _shared_ports(settings: Settings) -> list[str]:
    ports = {
        "PORT": settings.port,
        "EXCHANGE_PORT": settings.exchange_port,
        "GOOGLE_PORT": settings.google_port,
    }
    return [
        f"{PREFIX}{one} and {PREFIX}{other} are both {ports[one]}."
        for one, other in combinations(ports, 2)
        if ports[one] == ports[other]
    ]


def _unknown(name: str) -> str:
    names = {variable.removeprefix(PREFIX): variable for variable in variables()}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), names, n=1)
    hint = f"did you mean {names[near[0]]}?" if near else f"there are: {', '.join(names.values())}."
    return f"{name}: there is no such setting; {hint}"
