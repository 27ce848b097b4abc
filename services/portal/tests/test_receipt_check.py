import httpx
import pytest
from test_pages import words


async def test_a_receipt_that_was_pasted_is_checked_for_anybody(visitor: httpx.AsyncClient) -> None:
    page = await visitor.post("/receipt-check", data={"receipt": "eyJ.e30.c2ln"})
    assert "The signature is valid" in words(page)
    assert "with the key receipt-2026" in words(page)


async def test_a_receipt_can_be_checked_as_a_file(visitor: httpx.AsyncClient) -> None:
    page = await visitor.post("/receipt-check", files={"file": ("receipt.jws", b"eyJ.e30.c2ln\n")})
    assert "The signature is valid" in words(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("eyJ.e30.changed", "The signature is not valid"),
        ("hello", "This is not a receipt of Connexion."),
        ("", "Paste the receipt, or choose the file you downloaded."),
    ],
)
async def test_what_is_no_receipt_is_told_so(visitor: httpx.AsyncClient, typed: str, sentence: str) -> None:
    assert sentence in words(await visitor.post("/receipt-check", data={"receipt": typed}))
