"""How many chats one address may open, before anybody has signed in (anchors/reliability-security.md A26).

Counted in each edge process and kept nowhere: an address is personal data. Beside it stand the gateway's own limits,
the room in the queue, and how many messages a minute one chat takes, which are counted in the database.
"""

from collections import OrderedDict
from dataclasses import dataclass

from chassis import machine_time
from chassis.errors import NotAllowedNow

ADDRESSES_AT_MOST = 50_000


class TooManyChats(NotAllowedNow):
    """Too many chats were opened from your network just now. Try again in a few minutes, or call 877-577-5331."""


class TooManyMessages(NotAllowedNow):
    """You are sending messages faster than they can be read. Wait a minute, then send this one again."""


@dataclass
class _Bucket:
    left: float
    at: float


class Addresses:
    """A bucket for each address: so many chats at once, and one more every so many seconds."""

    def __init__(self, *, at_once: int, one_more_after: float) -> None:
        self._at_once, self._one_more_after = at_once, one_more_after
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, address: str) -> None:
        """Count one chat. Raises `TooManyChats`."""
        now = machine_time.now().timestamp()
        bucket = self._buckets.pop(address, None) or _Bucket(self._at_once, now)
        bucket.left = min(self._at_once, bucket.left + (now - bucket.at) / self._one_more_after)
        bucket.at = now
        self._buckets[address] = bucket
        if len(self._buckets) > ADDRESSES_AT_MOST:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            raise TooManyChats
        bucket.left -= 1
