"""What opens one Kite account: an api key and the day's access token."""

import re
from dataclasses import dataclass, field

_HEADER_SAFE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Both travel in a header, so ValueError for what cannot stand there; neither shows in a repr."""

    api_key: str = field(repr=False)
    access_token: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, value in (("api key", self.api_key), ("access token", self.access_token)):
            if not _HEADER_SAFE.fullmatch(value):
                raise ValueError(f"The {name} is empty or has characters that no {name} of Kite has.")
