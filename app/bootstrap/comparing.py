"""The journal's day against every account's order list, for `run.py verify --brokers`."""

import asyncio

from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.reader import SqlJournalReader
from app.bootstrap.configuration import config_store, roots_of
from app.domain.ids import AccountId
from app.ports.broker import BrokerUnavailableError
from app.records.comparing import differences
from app.records.fold import DayFold, pages_of
from app.settings import Settings, Venue

_PAGE = 2_000


async def compare_with_brokers(settings: Settings, venue: Venue) -> list[str]:
    """Return a sentence for each difference between the journal's last day and the order lists.

    Only reads. An account that cannot be read is one of the sentences. ConfigRefusedError, JournalError.
    """
    store = config_store(settings, venue)
    secondaries = [account.account_id for account in store.load().secondaries]
    roots = roots_of(settings, venue)
    brokers = []
    for account_id in secondaries:
        found = store.credentials(account_id)
        egress = Egress(source_address=found.egress.source_address, proxy_url=found.egress.proxy)
        credentials = Credentials(found.api_key, found.access_token)
        brokers.append(KiteBroker(account_id, credentials=credentials, roots=roots, egress=egress))
    try:
        lists = await asyncio.gather(*(broker.order_list() for broker in brokers), return_exceptions=True)
    finally:
        await asyncio.gather(*(broker.close() for broker in brokers))
    fold = _last_day(settings, venue)
    return [
        sentence
        for account_id, answer in zip(secondaries, lists, strict=True)
        for sentence in _sentences(fold, account_id, answer)
    ]


def _sentences(fold: DayFold | None, account_id: AccountId, answer: object) -> list[str]:
    if isinstance(answer, BrokerUnavailableError):
        return [f"{account_id}: its order list cannot be read, so it was not compared: {answer}"]
    if isinstance(answer, BaseException):
        raise answer
    orders = getattr(answer, "orders", ())
    return [] if fold is None else list(differences(fold, account_id, orders))


def _last_day(settings: Settings, venue: Venue) -> DayFold | None:
    reader = SqlJournalReader(settings.home(venue) / JOURNAL_FILE)
    days = reader.days()
    if not days:
        return None
    fold = DayFold(days[-1])
    for page in pages_of(reader, fold.day, size=_PAGE):
        fold.take(page)
    return fold
