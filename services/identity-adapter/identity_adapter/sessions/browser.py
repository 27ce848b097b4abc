"""A browser in words, so that people recognize their sessions. What it says of itself is not kept."""

import re

UNKNOWN = "Unknown browser"
_BROWSERS = (  # the first that fits: most say they are several
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Firefox", "Firefox/|FxiOS/"),
    ("Chrome", "Chrome/|CriOS/"),
    ("Safari", "Safari/"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows NT"),
    ("ChromeOS", "CrOS"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)


def in_words(user_agent: str | None) -> str:
    """Return "Firefox on Windows" for what a browser says of itself, or as much of it as can be told."""
    browser, system = _first(_BROWSERS, user_agent or ""), _first(_SYSTEMS, user_agent or "")
    return f"{browser or UNKNOWN} on {system}" if system else browser or UNKNOWN


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for name, marks in known if re.search(marks, user_agent)), None)
