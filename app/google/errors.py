"""What goes wrong, in the shape in which Google's APIs say it."""

from typing import Any


class GoogleError(Exception):
    """A refusal: HTTP status, Google's word for it (`status`) and a sentence."""

    def __init__(self, http_status: int, status: str, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.status = status
        self.message = message
        self.reason = reason

    def body(self) -> dict[str, Any]:
        """Return the JSON that goes with it; `reason` is repeated in `details` (google.rpc.ErrorInfo)."""
        error: dict[str, Any] = {
            "code": self.http_status,
            "message": self.message,
            "status": self.status,
        }
        if self.reason is not None:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": self.reason, "domain": "googleapis.com"}]
        return {"error": error}


def invalid(message: str) -> GoogleError:
    """Return the refusal of a request that makes no sense."""
    return GoogleError(400, "INVALID_ARGUMENT", message)


def not_found() -> GoogleError:
    """Return the refusal of what does not exist."""
    return GoogleError(404, "NOT_FOUND", "Requested entity was not found.")


def not_shared() -> GoogleError:
    """Return the refusal of a spreadsheet that exists but was not shared with the caller."""
    return GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission")


def not_signed_in() -> GoogleError:
    """Return the refusal of a request without a token that counts."""
    text = "Request had invalid authentication credentials. Expected OAuth 2 access token."
    return GoogleError(401, "UNAUTHENTICATED", text, reason="ACCESS_TOKEN_EXPIRED")


def too_many(group: str, scope: str, *, as_403: bool = False) -> GoogleError:
    """Return the refusal of a request above a quota; `group` is Read or Write."""
    text = (
        f"Quota exceeded for quota metric '{group} requests' and limit '{group} requests per minute per "
        f"{scope}' of service 'sheets.googleapis.com'."
    )
    return GoogleError(403 if as_403 else 429, "RESOURCE_EXHAUSTED", text, reason="RATE_LIMIT_EXCEEDED")
