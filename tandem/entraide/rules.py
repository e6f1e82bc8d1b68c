"""What a call may lead to: no database, no clock, no request."""

from datetime import timedelta
from typing import Final

# After that the person has left the desk; a new tap calls again.
APPEL_LIFETIME: Final = timedelta(minutes=30)
PATH_MAX: Final = 200


def clean_path(path: str) -> str:
    """The page to come back to: a path of this site, without what follows « ? »; empty when it is not one."""
    path = path.partition("?")[0].partition("#")[0]
    local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    safe = path.isascii() and path.isprintable() and " " not in path
    return path if local and safe and len(path) <= PATH_MAX else ""
