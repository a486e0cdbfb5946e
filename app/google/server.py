"""The stand-in as a process: prints where it listens and serves until it is told to stop."""

import asyncio
import errno
import ipaddress
import json
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from app.google.control import Control, Handler
from app.google.http import LARGEST_BODY, SheetsHttp
from app.google.page import Pages
from app.google.service import Service
from app.google.state_file import StateFile

SAVE_EVERY_S = 0.5
PAPER_ACCOUNT = "trade-log@paper.invalid"
_KEY_MODE = 0o600


@dataclass(frozen=True, kw_only=True)
class GoogleOptions:
    """How a stand-in is started. An account's key goes to `key_file`."""

    host: str = "127.0.0.1"
    port: int = 5020
    seed: int = 1
    state_dir: Path | None = None
    key_file: Path | None = None
    spreadsheet: str = "paper-trade-log"

    def __post_init__(self) -> None:
        if not ipaddress.ip_address(self.host).is_loopback:
            raise ValueError(f"The stand-in serves loopback only; {self.host} is another address.")


class RunningGoogle:
    """A stand-in on the running event loop, from `start` to `stop`."""

    def __init__(self, options: GoogleOptions) -> None:
        self._options = options
        if options.state_dir is not None:
            options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.service = Service.build(time.time, options.seed)
        self._state = StateFile(options.state_dir, self.service)
        self._state.load()
        self._http = SheetsHttp(self.service)
        self._saving: asyncio.Task[None] | None = None
        self._port = options.port

    @property
    def root(self) -> str:
        """Return the address that stands for https://sheets.googleapis.com."""
        host = f"[{self._options.host}]" if ":" in self._options.host else self._options.host
        return f"http://{host}:{self._port}"

    async def start(self) -> None:
        """Listen; OSError where the port is taken."""
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._keep_before_answering])
        parts = (self._http, Control(self.service), Pages(self.service))
        app.add_routes([route for part in parts for route in part.routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._options.host, self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._prepare_paper()
        self._saving = asyncio.create_task(self._save())

    async def stop(self) -> None:
        """Break all connections, save and stop."""
        await self._http.close()
        await self._runner.cleanup()
        if self._saving is not None:
            self._saving.cancel()
            with suppress(asyncio.CancelledError):
                await self._saving
        self._state.save()

    def _prepare_paper(self) -> None:
        """Make the paper log and a key for it, where a key file is asked for; a known key stays."""
        path = self._options.key_file
        if path is None:
            return
        book = self.service.create("Tandem trade log (paper)", self._options.spreadsheet)
        book.editors.add(PAPER_ACCOUNT)
        is_known = PAPER_ACCOUNT in self.service.desk.public_keys and path.exists()
        if is_known and json.loads(path.read_text()).get("token_uri") == f"{self.root}/token":
            return
        key = self.service.desk.open_account(PAPER_ACCOUNT, f"{self.root}/token")
        fresh = path.with_suffix(".new")
        fresh.touch(mode=_KEY_MODE)
        fresh.write_text(json.dumps(key))
        fresh.replace(path)
        self.service.changed()
        self._state.save()

    @web.middleware
    async def _keep_before_answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Save what a request changed before its answer leaves: Google loses nothing it confirmed."""
        answer = await handler(request)
        self._state.save()
        return answer

    async def _save(self) -> None:
        """Save what is carried out after its answer, too."""
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            self._state.save()


async def serve(options: GoogleOptions) -> None:
    """Run a stand-in until SIGTERM or SIGINT; print the ready line once it listens."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    google = RunningGoogle(options)
    await google.start()
    sys.stdout.write(f"google ready {google.root}\n")
    sys.stdout.flush()
    await stopping.wait()
    await google.stop()


def main(options: GoogleOptions) -> None:
    """Run the stand-in in this process until it is told to stop; exit with 2 when it cannot start."""
    try:
        asyncio.run(serve(options))
    except ValueError as e:
        sys.stderr.write(f"{e}\n")
        raise SystemExit(2) from None
    except OSError as e:
        if e.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(
            f"Port {options.port} on {options.host} is in use, so the stand-in was not started. "
            "Stop the program that holds it, or choose another with --port (0 takes a free one).\n"
        )
        raise SystemExit(2) from None
