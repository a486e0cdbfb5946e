"""What all JSON bodies have in common."""

from typing import Annotated

import msgspec

CommandId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z", description="Made by the client.")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

MOST = 1000
"""Things one request may name."""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of requests and answers: no field more than said."""
