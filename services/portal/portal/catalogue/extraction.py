"""Which words the pages say: found in templates and modules, by the marks of `portal.language`."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PORTAL = Path(__file__).parents[1]
PO = PORTAL / "catalogue" / "es.po"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "translate": None, "translate_count": (1, 2)}


def extracted() -> Catalog:
    """Return every message the pages may say, without places: lines move, words stay."""
    catalog = Catalog(project="Connexion portal", locale="es")
    found = extract_from_dir(PORTAL, METHODS, OPTIONS, keywords=KEYWORDS)
    for _, _, message, _, context in found:
        catalog.add(message, context=context)
    return catalog


def written() -> Catalog:
    """Return the Spanish catalogue as people wrote it."""
    if not PO.exists():
        return Catalog(project="Connexion portal", locale="es")
    with PO.open("rb") as file:
        return read_po(file, locale="es")
