"""The daily login at Kite: the page to send the operator to, and what comes back turned into a session."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.roots import Roots
from app.ports.broker_login import LoginRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable


_MAX_WORD_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KiteSession:
    """A day's access to one account. Ends at 06:00 IST of the next day, or by a logout anywhere."""

    user_id: str
    user_name: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Whose account a token opens."""

    user_id: str
    user_name: str
    products: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()


def login_url(roots: Roots, api_key: str, **handed_back: str) -> str:
    """Return the page where the owner of the account logs in, with their second factor, at Zerodha.

    Kite adds what is `handed_back` to the address that it leads to afterwards (Kite docs, user).
    """
    query: dict[str, object] = {"v": 3, "api_key": api_key}
    if handed_back:
        query["redirect_params"] = urlencode(handed_back)
    return f"{roots.login}?{urlencode(query)}"


async def exchange_request_token(
    roots: Roots, *, api_key: str, api_secret: str, request_token: str, egress: Egress | None = None
) -> KiteSession:
    """Turn the request token of the redirect into a session; LoginRefusedError. It works once."""
    client = await _client(roots, egress, api_key=api_key)
    call = partial(client.generate_session, request_token, api_secret)
    data = await _ask(call, "Kite did not accept the login")
    token = _word(data, "access_token")
    try:
        Credentials(api_key, token)
    except ValueError:
        raise LoginRefusedError("Kite's access token could travel in no header. Log in again.") from None
    return KiteSession(user_id=_word(data, "user_id"), user_name=_word(data, "user_name"), access_token=token)


async def read_profile(roots: Roots, credentials: Credentials, egress: Egress | None = None) -> Profile:
    """Return whose account the credentials open; LoginRefusedError where they open none."""
    client = await _client(roots, egress, api_key=credentials.api_key, access_token=credentials.access_token)
    data = await _ask(client.profile, "Kite did not accept the access token")
    return Profile(
        user_id=_word(data, "user_id"),
        user_name=_word(data, "user_name"),
        products=_words(data.get("products")),
        exchanges=_words(data.get("exchanges")),
    )


async def _client(roots: Roots, egress: Egress | None, **credentials: str) -> Any:
    def build() -> Any:
        from app.adapters.kite.client import new_client  # noqa: PLC0415 - see that module's docstring

        return new_client(roots.api, egress or Egress(), **credentials)  # type: ignore[arg-type]  # two words

    return await asyncio.to_thread(build)


async def _ask(call: "Callable[[], Any]", what: str) -> dict[str, Any]:
    """Run a call of the official client in a thread; whatever it raises becomes LoginRefusedError.

    It raises KeyError, TypeError and exceptions of requests as well as its own, and some of their
    texts hold the URL, so only Kite's own words are passed on.
    """
    from app.adapters.kite.client import KiteError  # noqa: PLC0415 - see that module's docstring

    try:
        data = await asyncio.to_thread(call)
    except KiteError as e:
        raise LoginRefusedError(f"{what}: {str(e)[:300]} Log in again.") from None
    except Exception as e:  # noqa: BLE001 - see above
        raise LoginRefusedError(f"{what}: it could not be asked ({type(e).__name__}). Try again.") from None
    if not isinstance(data, dict):
        raise LoginRefusedError(f"{what}: its answer makes no sense. Try again.")
    return data


def _word(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise LoginRefusedError(f"Kite's answer to the login has no {name}. Log in again.")
    if len(value) > _MAX_WORD_CHARS or not value.isprintable():
        raise LoginRefusedError(f"Kite's answer to the login has a {name} that makes no sense. Log in again.")
    return value


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()
