"""The CMS-signed contract: accessible PDF made from data, sealed so that anyone can check it, each version once."""

import asyncio
import hashlib
import shutil
import subprocess
from io import BytesIO

import pikepdf
import pytest
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from contracts_svc.contracts import version_views, views
from contracts_svc.contracts.lifecycle import ContractState
from contracts_svc.contracts.permissions import VIEW
from contracts_svc.contracts.version import ContractVersion
from contracts_svc.sealing import resources, use_cases
from contracts_svc.sealing import views as sealing_views
from contracts_svc.sealing.document import print_contract
from contracts_svc.sealing.resources import Resources
from contracts_svc.sealing.sample_key import sealing_key
from contracts_svc.sealing.sealed_copy import SealedCopy
from contracts_svc.sealing.sealer import Sealer, open_sealer, signer_from_files
from contracts_svc.sealing.store import open_store
from contracts_svc.settings import Settings
from events.contracts import ContractExecuted
from tests.contracts.contents import CONTENT
from tests.contracts.house import OFFICER, SIGNED, Supplier


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return sealing_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def sealer(keys):
    return Sealer(signer_from_files(*keys), keys[1])


@pytest.fixture
def store(tmp_path):
    return open_store(Settings.model_construct(contract_store_url=f"file://{tmp_path}/sealed"))


async def sealed(sealer) -> bytes:
    return await sealer.seal(print_contract(CONTENT, signed_by="OLIVE", signed_at=SIGNED))


async def verdict(pdf: bytes, chain):
    trusted = ValidationContext(trust_roots=list(load_certs_from_pemder([str(chain)]))[-1:], allow_fetching=False)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return await async_validate_pdf_signature(signature, trusted)


def test_the_printed_contract_is_tagged_titled_and_declares_pdf_ua():
    with pikepdf.open(BytesIO(print_contract(CONTENT, signed_by="OLIVE", signed_at=SIGNED))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-US"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Contract R2028-000001, version 1"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_what_a_user_wrote_is_printed_as_text_and_never_read_as_markup(tmp_path):
    file = tmp_path / "contract.pdf"
    file.write_bytes(print_contract(CONTENT, signed_by="OLIVE", signed_at=SIGNED))
    words = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    flat = " ".join(words.split())
    assert "#panic() *bold* $x$" in flat
    assert "$1023.05" in flat


async def test_the_seal_is_accepted_and_one_changed_byte_is_refused(sealer, keys):
    pdf = await sealed(sealer)
    good = await verdict(pdf, keys[1])
    assert (good.intact, good.valid, good.trusted, good.bottom_line) == (True, True, True, True)
    place = pdf.index(b"Larkspur") if b"Larkspur" in pdf else len(pdf) // 3
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert not (await verdict(changed, keys[1])).bottom_line


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
async def test_pdfsig_accepts_the_seal_and_refuses_one_changed_byte(sealer, tmp_path):
    pdf = await sealed(sealer)
    for name, content, words in (
        ("good", pdf, "Signature is Valid"),
        ("bad", pdf[:600] + bytes([pdf[600] ^ 1]) + pdf[601:], "Digest Mismatch"),
    ):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(content)
        said = await asyncio.to_thread(
            subprocess.run, ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False
        )
        assert words in said.stdout, said.stdout


def test_without_a_key_nothing_can_be_sealed():
    with open_sealer(Settings.model_construct()) as none:
        assert none is None


async def sweep(supplier, at=SIGNED, limit=100):
    async with supplier.database.writing(Fence.system(), Actor.system("test"), at=at) as session:
        return await use_cases.seal_due(session, at, limit)


async def copies(*suppliers):
    async with suppliers[0].database.reading(Fence.system()) as session:
        found = await session.scalars(
            select(SealedCopy)
            .where(SealedCopy.organization_id.in_([each.organization_id for each in suppliers]))
            .order_by(SealedCopy.id)
        )
        return found.all()


async def read(store, sha256):
    return b"".join([chunk async for chunk in store.read(sha256)])


async def signed(database):
    supplier = Supplier(database)
    await supplier.accept()
    await supplier.send()
    await supplier.only_sign()
    return supplier


@pytest.mark.database
async def test_without_a_key_a_signed_contract_waits_and_is_never_shown_as_signed(supplier, monkeypatch):
    monkeypatch.setattr(resources, "_opened", Resources(None, None))
    await supplier.accept()
    await supplier.send()
    await supplier.only_sign()
    assert await sweep(supplier) == 0
    contract = await supplier.contract()
    assert (contract.state, contract.being_sealed, contract.version) == (ContractState.PENDING_CMS, True, 0)
    async with supplier.reading() as session:
        shown = await views.read_contract(session, supplier.person("Dana.Whitlock", VIEW), contract.id)
    assert (shown.status.words, shown.version) == ("Awaiting CMS signature", 0)
    assert await supplier.said(ContractExecuted) == []
    async with supplier.as_staff(OFFICER) as session:
        waiting = (await sealing_views.list_waiting(session, None, 100)).items
    assert (contract.number, 1) in [(each.contract_number, each.version) for each in waiting]
    async with supplier.as_person(supplier.person()) as session:
        with pytest.raises(NotFound):
            await use_cases.open_copy(session, contract.id, 1)
    await supplier.seal()


@pytest.mark.database
async def test_what_is_sealed_is_in_force_and_can_be_read_as_it_was_stored(database, monkeypatch, sealer, store, keys):
    monkeypatch.setattr(resources, "_opened", Resources(store, sealer))
    supplier, stranger = await signed(database), Supplier(database)
    await sweep(supplier)
    contract = await supplier.contract()
    assert (contract.state, contract.version) == (ContractState.EXECUTED, 1)
    async with supplier.as_person(supplier.person()) as session:
        copy = await use_cases.open_copy(session, contract.id, 1)
    pdf = await read(store, copy.sha256)
    assert (hashlib.sha256(pdf).hexdigest(), len(pdf), copy.level) == (copy.sha256, copy.size, "PAdES B-B")
    assert (await verdict(pdf, keys[1])).bottom_line
    async with supplier.reading() as session:
        version = await version_views.read_version(session, supplier.person("Dana.Whitlock", VIEW), contract.id, 1)
    assert (version.sealed.sha256, version.sealed.level) == (copy.sha256, "PAdES B-B")
    async with stranger.as_person(stranger.person()) as session:
        with pytest.raises(NotFound):
            await use_cases.open_copy(session, contract.id, 1)


class KilledError(Exception):
    """The worker was killed here."""


@pytest.mark.database
@pytest.mark.parametrize("step", ["print_contract", "seal", "keep", "note_sealed", "commit"])
async def test_killed_at_any_step_of_a_batch_each_contract_is_sealed_once(database, monkeypatch, sealer, store, step):
    suppliers = [await signed(database) for _ in range(3)]
    monkeypatch.setattr(resources, "_opened", Resources(store, sealer))
    done = 0

    def killing(real, *, is_async):
        def counted():
            nonlocal done
            done += 1
            if done == 2:
                raise KilledError

        async def later(*given, **named):
            counted()
            return await real(*given, **named)

        def now(*given, **named):
            counted()
            return real(*given, **named)

        return later if is_async else now

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        if step == "print_contract":
            patched.setattr(use_cases, step, killing(print_contract, is_async=False))
        elif step == "note_sealed":
            patched.setattr(use_cases, step, killing(use_cases.note_sealed, is_async=True))
        elif step == "seal":
            patched.setattr(Sealer, step, killing(Sealer.seal, is_async=True))
        elif step == "keep":
            patched.setattr(type(store), step, killing(type(store).keep, is_async=True))
        patched.setattr(use_cases, "each", all_or_killed)
        async with database.writing(Fence.system(), Actor.system("test"), at=SIGNED) as session:
            await use_cases.seal_due(session, SIGNED, 100)
            if step == "commit":
                raise KilledError
    assert [each.state for each in await copies(*suppliers)] == ["TO_BE_SEALED"] * 3
    await asyncio.gather(sweep(suppliers[0]), sweep(suppliers[0]))
    await sweep(suppliers[0])
    found = await copies(*suppliers)
    assert [each.state for each in found] == ["SEALED"] * 3
    for each in found:
        assert len(await read(store, each.sha256)) == each.size
    for supplier in suppliers:
        assert len(await supplier.said(ContractExecuted)) == 1
        assert (await supplier.contract()).state is ContractState.EXECUTED


async def all_or_killed(_session, things, act):
    """Like `each`, for a process that dies instead of going on."""
    for thing in things:
        await act(thing)
    return len(things)


@pytest.mark.database
async def test_a_version_that_cannot_be_printed_does_not_keep_the_others(database, monkeypatch, sealer, store):
    broken, fine = await signed(database), await signed(database)
    monkeypatch.setattr(resources, "_opened", Resources(store, sealer))
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        version = await session.scalar(
            select(ContractVersion).where(ContractVersion.organization_id == broken.organization_id)
        )
        whole, version.content = version.content, {}
    await sweep(fine)
    assert [each.state for each in await copies(broken, fine)] == ["TO_BE_SEALED", "SEALED"]
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        (await session.get_one(ContractVersion, version.id)).content = whole
    await sweep(fine)
    assert (await broken.contract()).state is ContractState.EXECUTED
