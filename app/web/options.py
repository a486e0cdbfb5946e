"""What the web process is told at its start."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.ports.broker_login import BrokerLogin
from app.ports.config_editor import ConfigEditor
from app.records.exports import Exports

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAddress:
    """Where the engine serves its link, and the secret of this start."""

    host: str = "127.0.0.1"
    port: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """Where to serve, from which folder, and how patient to be.

    `data` holds the sign-in tokens and sessions. `look_age_limit_s`: how old the last good look at the
    primary may be while we still call ourselves ready. `beat` is called about once a second while we work.
    `config` edits the operator's files, `exports` is what may be downloaded, `login` logs accounts in at
    the broker. `configure_logs` is called when the standard library is as it stays.
    """

    link: LinkAddress
    data: Path
    host: str = "127.0.0.1"
    port: int = 5000
    async_mode: Literal["eventlet", "threading"] = "eventlet"
    command_timeout_s: float = 15.0
    look_age_limit_s: float = 15.0
    exports: Exports | None = None
    config: ConfigEditor | None = None
    login: BrokerLogin | None = None
    configure_logs: Callable[[], None] = lambda: None
    beat: Callable[[], None] = lambda: None

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers we answer to: any other name that leads here is a rebinding attack."""
        names = ("localhost", "127.0.0.1", "[::1]")
        return frozenset(f"{name}:{self.port}" for name in names) | (
            frozenset(names) if self.port == 80 else frozenset()
        )

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may act: our own."""
        return sorted(f"http://{host}" for host in self.hosts)

    @property
    def url(self) -> str:
        """Where the operator's browser finds us."""
        return f"http://localhost:{self.port}"

    @property
    def cookie(self) -> str:
        """The session cookie's name: with the port, for cookies know none and two of us may run here."""
        return f"tandem_{self.port}"

    @property
    def sign_in_folder(self) -> Path:
        """Where unused sign-in tokens wait."""
        return self.data / "sign-in"

    @property
    def sessions_folder(self) -> Path:
        """Where the sessions are kept over restarts."""
        return self.data / "sessions"
