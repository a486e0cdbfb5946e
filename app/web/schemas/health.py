"""Whether all is well."""

import msgspec

from app.web.schemas.body import Body


class Check(Body, frozen=True):
    """One thing that must be so for copying to work."""

    is_ok: bool
    message: str


class Readiness(Body, frozen=True):
    """Whether orders are being copied right now. `checks` only for whoever is signed in."""

    status: str
    checks: dict[str, Check] = msgspec.field(default_factory=dict)
