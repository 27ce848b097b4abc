"""What people type that nobody may keep is hidden; what only looks like it is left alone."""

import itertools
import random

import pytest

from notices_svc.chat.masking import Hidden, mask

DRAWN = random.Random(4155)


def an_ssn(between: str) -> str:
    area = DRAWN.choice([*range(1, 666), *range(667, 900)])
    return between.join([f"{area:03}", f"{DRAWN.randint(1, 99):02}", f"{DRAWN.randint(1, 9999):04}"])


def a_card(beginning: str, length: int) -> str:
    body = beginning + "".join(str(DRAWN.randint(0, 9)) for _ in range(length - len(beginning) - 1))
    return next(body + str(last) for last in range(10) if luhn(body + str(last)))


def luhn(number: str) -> bool:
    """The check of ISO/IEC 7812, by the book: double every second digit from the right."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value if value < 10 else value - 9
    return total % 10 == 0


def grouped(number: str, between: str) -> str:
    if len(number) == 15:
        return between.join([number[:4], number[4:10], number[10:]])
    return between.join(number[at : at + 4] for at in range(0, len(number), 4))


def a_password() -> str:
    word = DRAWN.choice(["Larkspur", "sunset", "Summer", "walker", "Blue", "invoice"])
    return word + DRAWN.choice(["!", "#", "_", ""]) + str(DRAWN.randint(10, 9999)) + DRAWN.choice(["", "?!", "$x"])


SSN_SAID = [
    "My SSN is {}.",
    "{}",
    "social: {} thanks",
    "Here it is: {}, born 1961",
    "número de seguro social {}",
    "SSN#{}",
]
CARD_SAID = ["Charge {} please", "{}", "my card {} exp 04/29", "It is {}.", "tarjeta {}"]
PASSWORD_SAID = [
    "my password is {}",
    "Password: {}",
    "pwd={}",
    "the password for Connexion is {} and it fails",
    "I typed passcode {} and",
    'my new password was "{}"',
    "mi contraseña es {}",
    "user DWHITLOCK01 pass: {}",
]
BETWEEN = ["-", " ", ".", "", "–", " - ", "\u00a0", "\u200b"]


def five_hundred() -> list[tuple[Hidden, str, str]]:
    made: list[tuple[Hidden, str, str]] = []
    for said, between in itertools.islice(itertools.cycle(itertools.product(SSN_SAID, BETWEEN)), 200):
        number = an_ssn(between)
        made.append((Hidden.SSN, said.format(number), number))
    cards = [("4", 16), ("51", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("4", 13), ("6304", 19)]
    for (beginning, length), said in itertools.islice(itertools.cycle(itertools.product(cards, CARD_SAID)), 150):
        number = grouped(a_card(beginning, length), DRAWN.choice(["", " ", "-"]))
        made.append((Hidden.CARD, said.format(number), number))
    said_of = [said for said in PASSWORD_SAID if "passcode {}" not in said]
    for said in itertools.islice(itertools.cycle(said_of), 150):
        secret = a_password()
        made.append((Hidden.PASSWORD, said.format(secret), secret))
    return made


def test_five_hundred_numbers_and_passwords_are_hidden_all_of_them():
    patterns = five_hundred()
    assert len(patterns) == 500
    shown = [(text, mask(text)) for _, text, _ in patterns]
    missed = [
        (text, masked.text)
        for (kind, text, secret), (_, masked) in zip(patterns, shown, strict=True)
        if kind not in masked.hidden or secret in masked.text
    ]
    assert missed == []


PLACES = {
    "{ptan}": ["1234560001", "9000000001", "5544332211", "4111222233"],
    "{bidder}": ["1000234", "2840071", "9912045"],
    "{phone}": ["410-555-0123", "(877) 577-5331", "+1 617 555 0188", "443.555.0145", "212 555 0199 ext. 20"],
    "{date}": ["11/24/2026", "2026-11-24", "December 17, 2019", "12.01.2026", "03-15-2027"],
    "{amount}": ["$1,234.50", "$123456789", "$98,765,432.10", "41 percent", "12,500 units"],
    "{number}": ["HD-000412", "CH-000041", "N-2019-000001-1", "1-2345-6789", "20-0041887"],
    "{zip}": ["21244-1850", "02139", "33101-4455"],
    "{code}": ["L0650", "E1390", "K0856", "A4253"],
}
ORDINARY = [
    "Our PTAN is {ptan} and the bidder number is {bidder}.",
    "PTANs {ptan}, 1234560002 and 1234560003 are ours.",
    "Please call me back at {phone} before noon.",
    "You can reach us at {phone} or 410-555-0199.",
    "Phones: {phone} 877-577-5331",
    "The notice of {date} says we have until {date}.",
    "The invoice shows {amount} for {code}.",
    "My ticket is {number}, from last week.",
    "Our EIN is {number} and our ZIP code is {zip}.",
    "The office moved to 7500 Security Blvd, Baltimore, MD {zip}.",
    "Is {code} a lead item in the 2028 round? Bidder {bidder} asks.",
    "I uploaded the report on {date} at 3:41:07 p.m., the receipt ends with 07e5 d310.",
    "The upload of our bond stopped at {amount}. Do I have to start again?",
    "Bidder {bidder} {ptan}",
    "We reported {amount} on Form C for the period that began {date}.",
]
PLAIN = """
My password is not working since this morning.
My password is expired and I cannot sign in.
The password is case sensitive, is it not?
I forgot my password, what do I do?
The password was changed by my colleague yesterday.
Password: what are the rules for it?
How long must a password be?
I need to reset my password before the window closes.
Where do I change my pass phrase or my MFA method?
My pass is not accepted at the front desk.
The PIN pad on my phone is broken, so I cannot get the code by SMS.
Olvidé mi contraseña, ¿qué hago?
Mi contraseña no funciona desde ayer.
La clave es leer el aviso con cuidado.
Do I have to sign in again after an hour?
We are a network of 14 suppliers and want to submit one bid.
The contract number ends with 0041 and the line with 12.
What does "bona fide bid" mean in the notice we got?
The file has 48211 bytes and 12 pages.
I am the backup authorized official and my role request is pending.
We need two copies, or 3, of the 2019 and 2020 income statements.
Our fiscal year runs 07/01/2019 - 06/30/2020.
Hello, is anybody there?
Thank you, that was all I needed to know.
The address is 100 Main Street, Suite 2040, Miami, FL 33101.
Version 2.1.0 of the guide, page 123, table 45-6, line 789.
Latitude 39.2904, longitude -76.6122, if that helps the courier.
The NPI of our location is 1346789011.
Form A says 3 of 12 locations are incomplete.
Our surety's NAIC number is 23043 and the bond is BND-2026-88121.
We had 123,456,789 units in 2018.
"""


def ordinary_sentences() -> list[str]:
    sentences = PLAIN.strip().splitlines()
    for sentence in ORDINARY:
        used = [place for place in PLACES if place in sentence]
        for values in itertools.product(*(PLACES[place] for place in used)):
            filled = sentence
            for place, value in zip(used, values, strict=True):
                filled = filled.replace(place, value)
            sentences.append(filled)
    return sentences


def test_of_ordinary_sentences_less_than_one_in_a_hundred_is_touched():
    sentences = ordinary_sentences()
    touched = [(text, mask(text).text) for text in sentences if mask(text).hidden]
    assert len(sentences) > 150
    assert len(touched) < len(sentences) / 100, touched


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("it is 123-45-6789, call 410-555-0123", "it is ⟦ssn⟧, call 410-555-0123"),
        ("pay with 4111 1111 1111 1111!", "pay with ⟦card⟧!"),
        ("my password is Sunset22.", "my password is ⟦password⟧."),
        ("my pin is 4821, thanks", "my pin is ⟦password⟧, thanks"),
        ("password: hunter", "password: ⟦password⟧"),
        ("４１１１ １１１１ １１１１ １１１１", "⟦card⟧"),
        ("1\u200b23-45-67\u200b89", "⟦ssn⟧"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("000000000", "000000000"),
    ],
)
def test_only_the_number_itself_is_hidden(text, kept):
    assert mask(text).text == kept


def test_what_was_hidden_is_named_once_each():
    masked = mask("123-45-6789 and 987-65-4321, password: Hunter22")
    assert masked.hidden == (Hidden.SSN, Hidden.PASSWORD)


def test_a_text_that_was_masked_stays_as_it_is():
    once = mask("my password is Sunset22 and my SSN is 123-45-6789")
    assert mask(once.text).text == once.text
