"""What a configured credential stands for: itself, an environment variable, or an entry of the vault."""

from collections.abc import Mapping

from app.adapters.vault.vault import Vault, VaultClosedError
from app.ports.secrets import UnknownSecretError

_ENV = "env:"
_VAULT = "vault:"


class VaultSecrets:
    """Secrets from literals, an environment and, where there is one, a vault."""

    def __init__(self, environ: Mapping[str, str], vault: Vault | None = None) -> None:
        self._environ = environ
        self._vault = vault

    def resolve(self, value: str) -> str:
        """Return what `value` stands for; UnknownSecretError names the reference, never a value."""
        if value.startswith(_ENV):
            return self._from_environment(value.removeprefix(_ENV))
        if value.startswith(_VAULT):
            return self._from_vault(value.removeprefix(_VAULT))
        return value

    def _from_environment(self, name: str) -> str:
        found = self._environ.get(name, "")
        if not found:
            raise UnknownSecretError(f"The environment variable {name} is not set.")
        return found

    def _from_vault(self, name: str) -> str:
        if self._vault is None:
            raise UnknownSecretError(f"vault:{name} is meant, but this run has no vault.")
        try:
            return self._vault.get(name)
        except KeyError:
            raise UnknownSecretError(
                f"The vault has no entry {name}. Store it with: python run.py vault set {name}"
            ) from None
        except VaultClosedError as e:
            raise UnknownSecretError(str(e)) from e
