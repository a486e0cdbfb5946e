"""The paper run's own configuration, made at its first start and never written over."""

import json
import shutil
from pathlib import Path

from app.adapters.vault.private_file import write_private
from app.settings import Settings, Venue

PAPER_ACCOUNTS = (
    ("PA0001", "Paper primary", "1", True),
    ("PA0002", "Paper one to one", "1", False),
    ("PA0003", "Paper two and a half", "2.5", False),
    ("PA0004", "Paper half", "0.5", False),
)
"""Account, name, multiplier, is_primary."""

_SHARED = ("allowed_order_types.json", "copier.json")


def lay_out(settings: Settings) -> Path:
    """Give the paper run its own accounts and its own copies of the other rules; return their folder.

    The live accounts file is never read, so no live credential can reach a paper run. Files that exist
    are left alone.
    """
    folder = settings.rules_folder(Venue.PAPER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _SHARED:
        source = settings.config / name
        if not (folder / name).exists() and source.exists():
            shutil.copyfile(source, folder / name)
    accounts = folder / "accounts_config.json"
    if not accounts.exists():
        rows = [_account(*row) for row in PAPER_ACCOUNTS]
        write_private(accounts, json.dumps(rows, indent=2).encode() + b"\n")
    return folder


def _account(account_id: str, name: str, multiplier: str, is_primary: bool) -> dict[str, object]:
    """The exchange in this tree opens its accounts with credentials made of their ids."""
    made_of = account_id.lower()
    return {
        "account_id": account_id,
        "cred1": f"paperkey{made_of}",
        "cred2": f"papertoken{made_of}",
        "ps_multiplier": float(multiplier) if "." in multiplier else int(multiplier),
        "primary": is_primary,
        "name": name,
        "api_secret": f"papersecret{made_of}",
    }
