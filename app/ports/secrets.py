"""Where credentials come from."""

from typing import Protocol


class UnknownSecretError(Exception):
    """A reference names a secret that is not there. The text names the reference, never a value."""


class Secrets(Protocol):
    """Turns what a configuration file says into the credential itself."""

    def resolve(self, value: str) -> str:
        """Return the value: itself, or what `env:NAME` or `vault:NAME` stands for; UnknownSecretError."""
        ...
