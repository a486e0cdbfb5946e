"""Exports over a venue's journal, for the command and for the page."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.adapters.storage.install_key import known_install_key
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.reader import SqlJournalReader
from app.domain.copies import Copy
from app.domain.ids import ClientOrderId
from app.domain.orders import Order
from app.records.exports import Exports
from app.records.rows import TagOf, tags_of
from app.settings import Settings, Venue


class _Tags:
    """TagOf of a data folder. The engine makes its key at its first start, maybe after we were made."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._tag_of: TagOf | None = None

    def __call__(self, copy: Copy, primary: Order, day: date) -> ClientOrderId:
        if self._tag_of is None:
            key = known_install_key(self._home)
            if key is None:
                return tags_of(b"no key yet")(copy, primary, day)
            self._tag_of = tags_of(key)
        return self._tag_of(copy, primary, day)


def exports_of(settings: Settings, venue: Venue, *, breathe: Callable[[], None] = lambda: None) -> Exports:
    """Return the exports of a venue. Nothing is opened yet, and a journal that is not there is empty."""
    home = settings.home(venue)
    return Exports(SqlJournalReader(home / JOURNAL_FILE), _Tags(home), breathe)
