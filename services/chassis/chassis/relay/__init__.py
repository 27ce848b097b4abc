"""The relay: what was committed to the outbox goes to Kafka, all of it, in order per key, at least once.

    leading   one active relay a service, elected by an advisory lock on its own connection
    outbox    reads what is unsent, marks what the broker has, purges by age
    lanes     many rows in flight, one batch a partition
    watch     notices a broker that is new, or that lost a topic

A crash anywhere repeats a step; the inboxes make the repeat harmless.
"""

from chassis.relay.relay import Relay

__all__ = ["Relay"]
