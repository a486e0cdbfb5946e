"""The service account's key file: read and checked before anything is asked of Google."""

import json
from pathlib import Path
from typing import Any

from app.ports.trade_log import TradeLogRefusedError

_NEEDED = ("client_email", "private_key", "token_uri")


def read_key(path: Path) -> dict[str, Any]:
    """Return a key file's content. TradeLogRefusedError says what is wrong and where to get a right one."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise _refusal(path, "there is no such file") from e
    except OSError as e:
        raise _refusal(path, f"it cannot be read ({e.strerror})") from e
    except ValueError as e:
        raise _refusal(path, "it is not JSON") from e
    if not isinstance(told, dict) or told.get("type") != "service_account":
        raise _refusal(path, "it is not the key of a service account")
    missing = [name for name in _NEEDED if not isinstance(told.get(name), str) or not told[name]]
    if missing:
        raise _refusal(path, f"it lacks {', '.join(missing)}")
    return told


def _refusal(path: Path, why: str) -> TradeLogRefusedError:
    return TradeLogRefusedError(
        f"The trade log is not written: the key file {path} cannot be used, {why}. In Google's console, "
        "open IAM, Service accounts, Keys, Add key, JSON, and save it there."
    )
