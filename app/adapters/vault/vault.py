"""The vault: one file of credentials under names, each sealed with AES-256-GCM and bound to its name."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

import portalocker
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.adapters.vault.private_file import PrivateFileError, read_private, write_private

VAULT_FILE = "vault.json"
KEY_FILE = "vault.key"
KEY_BYTES = 32
NONCE_BYTES = 12
LOCK_TIMEOUT_S = 5.0
_FORM = 1
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class VaultClosedError(Exception):
    """The vault cannot be opened or written; the text says why and what to do. Nothing in it was changed."""


class Vault:
    """Secrets by name. Every call reads the file anew, so a change by another process is seen at once.

    The key lies in a file of its own, beside the vault or where the operator put it; whoever has both can
    read everything. Values never appear in an error.
    """

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.path = folder / VAULT_FILE
        self._key_path = key_file or folder / KEY_FILE

    def names(self) -> tuple[str, ...]:
        """Return every name, sorted; values are never listed."""
        return tuple(sorted(self._entries()))

    def get(self, name: str) -> str:
        """Return the value of a name; KeyError where there is none."""
        return self._open(name, self._entries()[name])

    def set(self, name: str, value: str) -> None:
        """Store a value, over an older one of that name. ValueError for a name or value that cannot be."""
        if _NAME.fullmatch(name) is None:
            raise ValueError(
                f"{name!r} cannot be a name: up to 64 letters, digits, dots, dashes, underscores."
            )
        if not value:
            raise ValueError(f"The value of {name} is empty. Nothing was stored.")
        with self._alone():
            entries = self._entries()
            self._check_key({other: entry for other, entry in entries.items() if other != name})
            nonce = token_bytes(NONCE_BYTES)
            key = self._key() if entries else self._key_or_new()
            sealed = AESGCM(key).encrypt(nonce, value.encode(), name.encode())
            self._write({**entries, name: b64encode(nonce + sealed).decode()})

    def delete(self, name: str) -> None:
        """Forget a name; KeyError where there is none."""
        with self._alone():
            entries = self._entries()
            del entries[name]
            self._write(entries)

    def _open(self, name: str, entry: str) -> str:
        try:
            sealed = b64decode(entry, validate=True)
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return AESGCM(self._key()).decrypt(nonce, rest, name.encode()).decode()
        except (InvalidTag, ValueError) as e:
            raise VaultClosedError(
                f"The entry {name} of {self.path} does not open with the key {self._key_path}: the key is "
                "another one, or the entry was changed. Set the entry again, or put the right key back."
            ) from e

    def _entries(self) -> dict[str, str]:
        try:
            found = json.loads(read_private(self.path))
        except FileNotFoundError:
            return {}
        except PrivateFileError as e:
            raise VaultClosedError(str(e)) from e
        except ValueError as e:
            raise self._damaged() from e
        entries = found.get("entries") if isinstance(found, dict) and found.get("form") == _FORM else None
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise self._damaged()
        return entries

    def _check_key(self, others: dict[str, str]) -> None:
        """Refuse to seal with a key that opens none of the other entries: it would be a wrong one."""
        refusal: VaultClosedError | None = None
        for name, entry in others.items():
            try:
                self._open(name, entry)
            except VaultClosedError as e:
                refusal = e
            else:
                return
        if refusal is not None:
            raise refusal

    def _damaged(self) -> VaultClosedError:
        return VaultClosedError(
            f"The vault {self.path} is damaged or from a newer version. It was left as it is. Restore it "
            "from a backup, or move it away and set its entries again."
        )

    def _write(self, entries: dict[str, str]) -> None:
        text = json.dumps({"form": _FORM, "entries": entries}, indent=2, sort_keys=True)
        write_private(self.path, text.encode())

    def _key(self) -> bytes:
        try:
            key = read_private(self._key_path)
        except FileNotFoundError as e:
            raise VaultClosedError(
                f"The key {self._key_path} of the vault is missing. Put it back, or name where it lies in "
                "TANDEM_VAULT_KEY_FILE."
            ) from e
        except PrivateFileError as e:
            raise VaultClosedError(str(e)) from e
        if len(key) != KEY_BYTES:
            raise VaultClosedError(
                f"The key {self._key_path} is damaged: {len(key)} bytes instead of {KEY_BYTES}. Put the "
                "right one back."
            )
        return key

    def _key_or_new(self) -> bytes:
        if not self._key_path.exists():
            write_private(self._key_path, token_bytes(KEY_BYTES))
        return self._key()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second writer out from reading to writing, or one of the two entries would be lost."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with portalocker.Lock(self.path.with_suffix(".lock"), timeout=LOCK_TIMEOUT_S):
                yield
        except portalocker.exceptions.LockException as e:
            raise VaultClosedError(
                f"Another program is writing to the vault {self.path}. Nothing was changed. Try again."
            ) from e
        except OSError as e:
            raise VaultClosedError(
                f"The vault {self.path} or its key {self._key_path} cannot be written: {e.strerror}."
            ) from e
