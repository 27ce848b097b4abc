from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7: unguessable in its random part, sorted by time in its first part."""
    return uuid_utils.compat.uuid7()
