"""What Google's errors mean for the trade log: wait and try again, or a person has to act."""

import gspread
import requests
from google.auth.exceptions import GoogleAuthError, RefreshError

from app.ports.trade_log import TradeLogRefusedError, TradeLogUnavailableError

EXPECTED = (gspread.exceptions.GSpreadException, GoogleAuthError, requests.RequestException, PermissionError)
"""Everything that gspread and google-auth raise for what Google or the network did."""

_KEY_REFUSED = {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied"}
_MOVED_ON = ("exceeds grid limits", "Unable to parse range", "No grid with id", "already exists")
"""Somebody changed the sheet between our look and our write: the next try looks again."""


def said(error: Exception, email: str) -> TradeLogUnavailableError | TradeLogRefusedError:
    """Translate an error of `EXPECTED`."""
    if isinstance(error, PermissionError) and isinstance(error.__cause__, gspread.exceptions.APIError):
        return _from_api(error.__cause__, email)  # gspread hides every 403 behind PermissionError
    if isinstance(error, gspread.exceptions.SpreadsheetNotFound):
        return _gone()
    if isinstance(error, gspread.exceptions.APIError):
        return _from_api(error, email)
    if isinstance(error, RefreshError) and _is_key_refused(error):
        return TradeLogRefusedError(
            f"Google gives {email} no token ({error.args[0]}). If the key was deleted or belongs to another "
            "project, make a new one and save it as the key file; check this computer's clock too. Rows wait."
        )
    return TradeLogUnavailableError(
        f"Google Sheets cannot be reached ({_short(error)}). Rows wait; it is tried again by itself."
    )


def _is_key_refused(error: RefreshError) -> bool:
    """Tell a key that Google does not take from trouble at its desk, which google-auth calls the same."""
    told = error.args[1] if len(error.args) > 1 else None
    return isinstance(told, dict) and str(told.get("error")) in _KEY_REFUSED


def _from_api(
    error: gspread.exceptions.APIError, email: str
) -> TradeLogUnavailableError | TradeLogRefusedError:
    status, text = error.response.status_code, _text_of(error)
    if status == 429 or "Quota exceeded" in text:
        return TradeLogUnavailableError(
            f"Google's quota is used up for this minute ({status}). Rows wait; it is tried again by itself."
        )
    if status == 403:
        return TradeLogRefusedError(
            f"The spreadsheet is not shared with {email}. Open it, choose Share, and add this address as an "
            f"editor. Rows wait. Google says: {text}"
        )
    if status == 404:
        return _gone()
    if status == 400 and "above the limit" in text:
        return TradeLogRefusedError(
            "The spreadsheet of the trade log is full: Google allows ten million cells. Make a new one, "
            f"share it with {email} as an editor, and name it as trade_log.spreadsheet in copier.json. Rows "
            "wait."
        )
    if status == 400 and not any(word in text for word in _MOVED_ON):
        return TradeLogRefusedError(f"Google refused the trade log's rows: {text}. Rows wait.")
    return TradeLogUnavailableError(
        f"Google Sheets answered with an error ({status}). Rows wait; it is tried again by itself."
    )


def _gone() -> TradeLogRefusedError:
    return TradeLogRefusedError(
        "The spreadsheet of the trade log does not exist (any more). Restore it from Google Drive's bin, or "
        "name another one as trade_log.spreadsheet in copier.json. Rows wait."
    )


def _text_of(error: gspread.exceptions.APIError) -> str:
    """Return Google's sentence, or what there is of one: a proxy's page is no sentence."""
    told = error.args[0] if error.args else {}
    is_page = isinstance(told, dict) and told.get("code") == -1
    return "no sentence" if is_page or not isinstance(told, dict) else str(told.get("message", ""))


def _short(error: Exception) -> str:
    return type(error).__name__
