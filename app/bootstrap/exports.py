"""Exports over a venue's journal, for the command and for the page."""

from app.adapters.storage.install_key import known_install_key
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.reader import SqlJournalReader
from app.records.exports import Exports
from app.records.rows import tags_of
from app.settings import Settings, Venue


def exports_of(settings: Settings, venue: Venue) -> Exports:
    """Return the exports of a venue. Nothing is opened yet, and a journal that is not there is empty."""
    home = settings.home(venue)
    key = known_install_key(home)
    return Exports(SqlJournalReader(home / JOURNAL_FILE), tags_of(key or b"no key yet"))
