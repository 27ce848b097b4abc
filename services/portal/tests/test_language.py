"""Public pages in English and Spanish: whose words, whose choice, and that no word waits to be written."""

import re

import httpx
import pytest
from fake_gateway import FakeGateway

from portal.catalogue.extraction import extracted, written

NAMED = re.compile(r"%\(\w+\)[sd]|%%|</?\w+[^>]*>")


def sentences(entry: str | tuple[str, ...] | list[str]) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry)


def test_the_spanish_catalogue_says_exactly_what_the_pages_say() -> None:
    said, spanish = extracted(), written()
    assert {message.id for message in said if message.id} == {message.id for message in spanish if message.id}


def test_every_sentence_is_written_in_spanish_and_keeps_its_placeholders_and_marks() -> None:
    for message in written():
        if not message.id:
            continue
        english, spanish = sentences(message.id), sentences(message.string)
        assert all(spanish), message.id
        for one in spanish:
            assert sorted(NAMED.findall(one)) == sorted(NAMED.findall(english[-1])), message.id


async def test_the_browser_says_which_language_it_wants(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/receipt-check", headers={"accept-language": "fr;q=0.9, es-MX;q=0.8, en;q=0.5"})
    assert '<html lang="es">' in page.text
    assert page.headers["content-language"] == "es"
    assert "Servicio de ayuda" in page.text


async def test_a_choice_by_the_link_is_kept_for_the_pages_that_follow(visitor: httpx.AsyncClient) -> None:
    chosen = await visitor.get("/receipt-check?lang=es")
    assert "cx_lang=es" in chosen.headers["set-cookie"]
    assert '<a href="/receipt-check?lang=en" lang="en" hreflang="en">English</a>' in chosen.text
    assert '<html lang="es">' in (await visitor.get("/", headers={"accept-language": "en"})).text


@pytest.mark.parametrize("wish", ["xx", "*", ";q=;q=,,", "es;q=0", ""])
async def test_where_nothing_else_is_understood_pages_are_english(visitor: httpx.AsyncClient, wish: str) -> None:
    page = await visitor.get("/receipt-check?lang=tlh", headers={"accept-language": wish})
    assert '<html lang="en">' in page.text
    assert "set-cookie" not in page.headers


async def test_pages_of_somebody_signed_in_are_english_and_say_so(person: httpx.AsyncClient) -> None:
    person.cookies.set("cx_lang", "es")
    page = await person.get("/home")
    assert '<html lang="en">' in page.text
    assert "Servicio de ayuda" not in page.text


async def test_a_refusal_speaks_the_visitors_language_and_takes_it_along_to_the_sign_in(
    visitor: httpx.AsyncClient,
) -> None:
    refused = await visitor.get("/nothing-here", headers={"accept-language": "es"})
    assert refused.status_code == 404
    assert "Aquí no hay nada" in refused.text
    led = await visitor.get("/home", headers={"accept-language": "es"})
    assert led.headers["location"] == "/api/identity/sign-in?return_to=%2Fhome&ui_locales=es"


async def test_the_time_left_and_the_dates_are_spanish_too(visitor: httpx.AsyncClient, gateway: FakeGateway) -> None:
    page = await visitor.get("/?lang=es")
    assert re.search(r"8:59:59\xa0p\.\xa0m\.\xa0E[DS]T", page.text)
    assert "restantes" in page.text


async def test_every_link_around_a_public_page_leads_somewhere(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/receipt-check")
    links = {link.partition("#")[0] for link in re.findall(r'href="(/(?!static|api)[^"]*)"', page.text)}
    assert [link for link in sorted(links) if (await visitor.get(link)).status_code == 404] == []
