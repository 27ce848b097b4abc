"""The faults, in the order in which they are tried: the one that closes the bid window is the last."""

from tests.chaos.faults import (
    broker_away,
    cut_commits,
    cut_uploads,
    killed_consumer,
    killed_database,
    killed_relay,
    killed_services,
    late_commits,
    poison,
    restored_backup,
)

FAULTS = (
    killed_services.FAULT,
    killed_relay.FAULT,
    killed_consumer.FAULT,
    killed_database.FAULT,
    cut_commits.FAULT,
    poison.FAULT,
    late_commits.FAULT,
    cut_uploads.FAULT,
    broker_away.FAULT,
)
DRILLS = (restored_backup.FAULT,)
"""Tried only when named: `make drill`."""
BY_NUMBER = {fault.number: fault for fault in (*FAULTS, *DRILLS)}
