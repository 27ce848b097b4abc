"""Jinja as the portal uses it: strict about missing values, with the words for times, states and sizes."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from chassis.ids import new_id
from portal import (
    chat_words,
    happenings,
    help_desk,
    help_desk_words,
    language,
    meanings,
    role_names,
    round_words,
    times,
)
from portal.form_problems import field_errors, form_problems
from portal.settings import PortalSettings
from portal.static_files import StaticTree

MEBIBYTE = 1024 * 1024


class Pages:
    """Renders templates. One per process."""

    def __init__(self, settings: PortalSettings, files: StaticTree) -> None:
        """Prepare the environment all templates share."""
        self._jinja = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._jinja.policies["ext.i18n.trimmed"] = True
        self._jinja.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
            language.translate, language.translate_count, newstyle=True
        )
        self._jinja.globals.update(
            asset=files.address,
            demonstration=settings.is_demonstration,
            field_errors=field_errors,
            file_status=meanings.of_file,
            membership_status=meanings.of_membership,
            location_status=meanings.of_location,
            ticket_status=meanings.of_ticket,
            chat_status=chat_words.status,
            chat_happened=chat_words.happened,
            chat_hidden=chat_words.hidden,
            form_status=meanings.of_form,
            bid_status=meanings.of_bid,
            notice_status=meanings.of_notice,
            inquiry_status=meanings.of_inquiry,
            phase_status=meanings.of_phase,
            contest_status=meanings.of_contest,
            extension_status=meanings.of_extension,
            form_problems=form_problems,
            language=language.current,
            happenings=happenings.happenings_of,
            languages=language.LANGUAGES,
            has_passed=times.has_passed,
            help_desk=help_desk.status,
            help_desk_phone=help_desk.PHONE,
            new_key=lambda: str(new_id()),
            server_time=times.server_time,
            todos=happenings.todos_of,
        )
        self._jinja.filters.update(
            full=times.write_full,
            short=times.write_short,
            minute=times.write_minute,
            utc=times.write_utc,
            date=times.write_date,
            day=times.write_day,
            day_short=times.write_day_short,
            iso=times.write_iso,
            left=times.write_left,
            role=role_names.name_of,
            round_date=round_words.date_name,
            deadline=round_words.deadline_name,
            form_word=round_words.form_word,
            bid_word=round_words.bid_word,
            topic=help_desk_words.topic,
            chat_text=chat_words.with_marks,
            chat_topic=chat_words.topic,
            outcome=help_desk_words.outcome,
            size=write_size,
            dollars=write_dollars,
            number=write_number,
            fingerprint=write_fingerprint,
            translated=language.translate,
            is_translated=language.is_translated,
        )

    def render(self, request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
        """Return the page made of `template` and `values`: English in a `frame`, otherwise as the visitor chooses."""
        if values.get("frame"):
            language.speak_english()
        else:
            language.speak(request)
        text = self._jinja.get_template(template).render(request=request, path=request.url.path, **values)
        return HTMLResponse(text, status_code=status, headers={"content-language": language.current()})


def write_size(count: int) -> str:
    """Write a size in bytes the way people compare it with a limit: "18.4 MB", "340 KB", "12 bytes"."""
    if count >= MEBIBYTE:
        return f"{count / MEBIBYTE:.1f} MB"
    return f"{count / 1024:.0f} KB" if count >= 1024 else f"{count} bytes"


def write_dollars(cents: int) -> str:
    """Write an amount given in cents: "$1,234.50"."""
    return f"${cents // 100:,}.{cents % 100:02}"


def write_number(count: int) -> str:
    """Write a number of things: "1,200"."""
    return f"{count:,}"


def write_fingerprint(sha256: str) -> str:
    """Write the ends of a SHA-256 in groups of four: "9f2c 41ab … 07e5 d310"."""
    return f"{sha256[:4]} {sha256[4:8]} … {sha256[-8:-4]} {sha256[-4:]}"


def render(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """Render with the process's pages."""
    pages: Pages = request.app.state.pages
    return pages.render(request, template, status=status, **values)
