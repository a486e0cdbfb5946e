"""Reading the JSON body of a request."""

from typing import TypeVar

import msgspec
from flask import request

from app.web.problems import RefusedError

Body = TypeVar("Body")


def read_body(kind: type[Body]) -> Body:
    """Read the request's JSON strictly. Only JSON: a form can be sent by any page without asking."""
    if request.mimetype != "application/json":
        raise RefusedError(400, "malformed", "The body must be JSON (Content-Type: application/json).")
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise RefusedError(400, "malformed", f"The body does not fit: {e}.") from e
