"""In which language a page speaks: English, or Spanish on public pages, at the sign-in and in the chat.

The words stand in English where they are used; `catalogue/es.po` holds the Spanish ones, written by people. In
templates:

    {{ _("Check a receipt") }}                                    a sentence
    {{ _("Updated %(date)s", date=article.updated_on | date) }}    with something in it (a literal % is written %%)
    {% trans count=n %}{{ count }} answer{% pluralize %}{{ count }} answers{% endtrans %}
    {{ state.word | translated }}                                  words that Python chose, marked there with `mark`

In Python: `mark("Open now")` where a word is kept for later, `translate("Open now")` where it is said at once. Words of
a service without translation stay English; `{{ told(text) }}` (`macros/told.html`) gives them a `lang` of their own.

After a change of words `python -m portal.catalogue` brings the new ones into `es.po`, where they wait to be written; a
test fails until they are, and while a placeholder differs.

A page speaks the language of `?lang=` (kept in a cookie), of the cookie, or the first of `Accept-Language` that there
is. Pages in a frame, which somebody signed in for, are English: `pages.render` sees to that.
"""

from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

LANGUAGES = {"en": "English", "es": "Español"}
ENGLISH = "en"
COOKIE = "cx_lang"
KEPT = timedelta(days=365)
CATALOGUES = Path(__file__).parent / "catalogue"

_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


def of_request(request: Request) -> str:
    """Return the language this browser asks for, by address, cookie or header; English where it asks for no other."""
    for wish in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return wish
    return negotiate_locale(_wishes(request.headers.get("accept-language", "")), LANGUAGES, sep="-") or ENGLISH


def _wishes(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, most wanted first; what is not understood counts as unwanted."""
    weighed = []
    for part in header[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def speak(request: Request) -> str:
    """Speak the language this browser asks for from here on in this request, and keep a choice made by address."""
    language = of_request(request)
    if request.query_params.get("lang") == language:
        secure = "; Secure" if request.url.scheme == "https" else ""
        kept = f"{COOKIE}={language}; Path=/; Max-Age={int(KEPT.total_seconds())}; SameSite=Lax{secure}"
        request.state.api_cookies = [*getattr(request.state, "api_cookies", []), kept]
    _current.set(language)
    return language


def speak_english() -> None:
    """Speak English from here on in this request."""
    _current.set(ENGLISH)


def current() -> str:
    """Return the language that is spoken: "en" or "es"."""
    return _current.get()


def mark(text: str) -> str:
    """Return `text` as it is; the mark by which its words get into the catalogue, to be translated when shown."""
    return text


def translate(text: str) -> str:
    """Return `text` in the language that is spoken; as it is where there is no translation."""
    return _catalogue(_current.get()).gettext(text) if text else text


def translate_count(one: str, many: str, count: int) -> str:
    """Return whichever of both sentences is right for `count`, translated."""
    return _catalogue(_current.get()).ngettext(one, many, count)


def is_translated(text: str) -> bool:
    """Whether `text` can be said in the language that is spoken."""
    return _current.get() == ENGLISH or translate(text) != text


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as written:
        catalog = read_po(written, locale=language)
    machine_form = BytesIO()
    write_mo(machine_form, catalog)
    machine_form.seek(0)
    return GNUTranslations(machine_form)
