"""Where somebody may be sent after signing in: a path of this site, nowhere else."""

import re

from chassis.errors import Invalid

_LOCAL = re.compile(r"/(?!/)[\x21-\x5b\x5d-\x7e]{0,1999}")
"""One slash, then printable ASCII without a backslash, which browsers read as a slash."""


class ReturnElsewhere(Invalid):
    """You can only be sent back to a page of Connexion. Open the page you want and sign in from there."""


def local_path(return_to: str) -> str:
    """Return the path as given. Raises `ReturnElsewhere` for an address that could lead off this site."""
    if not _LOCAL.fullmatch(return_to):
        raise ReturnElsewhere(field="return_to")
    return return_to
