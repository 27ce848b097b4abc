"""The seal's other sources: a key on a token (PKCS#11), a time-stamp authority; a bucket; and PDF/UA by veraPDF."""

import asyncio
import hashlib
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from contracts_svc.sealing.document import print_contract
from contracts_svc.sealing.sample_key import sealing_key
from contracts_svc.sealing.sealer import Sealer, open_sealer, signer_from_files
from contracts_svc.sealing.store import open_store
from contracts_svc.settings import Settings
from deploy.local.java import find_java
from deploy.local.maven import jars_of
from deploy.local.trouble import Trouble
from tests.contracts.contents import CONTENT
from tests.contracts.house import SIGNED
from tests.contracts.time_stamps import time_stamp_authority

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
VERAPDF = "1.28.2"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return sealing_key(tmp_path_factory.mktemp("keys"))


def trusting(*chains: Path) -> ValidationContext:
    roots = [list(load_certs_from_pemder([str(chain)]))[-1] for chain in chains]
    return ValidationContext(trust_roots=roots, allow_fetching=False)


async def seal(sealer: Sealer) -> bytes:
    return await sealer.seal(await asyncio.to_thread(print_contract, CONTENT, signed_by="OLIVE", signed_at=SIGNED))


async def test_with_a_time_stamp_authority_the_seal_is_valid_for_the_long_term(keys, tmp_path):
    key, chain = keys
    with time_stamp_authority(tmp_path) as stamps:
        settings = Settings.model_construct(
            contract_store_url="file:///nowhere",
            seal_certificate_file=chain,
            seal_key_file=key,
            timestamp_url=stamps.url,
            timestamp_chain_file=stamps.chain,
        )
        with open_sealer(settings) as sealer:
            assert sealer.level == "PAdES B-LTA"
            pdf = await seal(sealer)
    trusted = trusting(chain, stamps.chain)
    reader = PdfFileReader(BytesIO(pdf))
    (signature,) = reader.embedded_regular_signatures
    judged = await async_validate_pdf_signature(signature, trusted, ts_validation_context=trusted)
    assert (judged.bottom_line, judged.timestamp_validity.trusted) == (True, True)
    (stamp,) = reader.embedded_timestamp_signatures
    judged = await async_validate_pdf_timestamp(stamp, trusted)
    assert (judged.intact, judged.valid, judged.trusted) == (True, True, True)
    assert "/DSS" in reader.root
    place = len(pdf) // 3
    changed = PdfFileReader(BytesIO(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]))
    assert not (await async_validate_pdf_timestamp(changed.embedded_timestamp_signatures[0], trusted)).intact


async def test_an_authority_nobody_vouches_for_seals_nothing(keys, tmp_path):
    key, chain = keys
    with time_stamp_authority(tmp_path) as stamps:
        settings = Settings.model_construct(
            contract_store_url="file:///nowhere",
            seal_certificate_file=chain,
            seal_key_file=key,
            timestamp_url=stamps.url,
        )
        with open_sealer(settings) as sealer, pytest.raises(Exception, match="Sample time-stamp authority"):
            await seal(sealer)


@pytest.fixture
def token(keys, tmp_path, monkeypatch):
    """A token of SoftHSM with the sealing key on it, and no way to read it from there."""
    if not SOFTHSM.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (Debian: softhsm2)")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    pins = ("--pin", "1234")
    softhsm("--init-token", "--free", "--label", "seal", "--so-pin", "5678", *pins)
    softhsm("--import", str(keys[0]), "--token", "seal", "--label", "cms", "--id", "01", *pins)
    return {"seal_pkcs11_module": SOFTHSM, "seal_pkcs11_token": "seal", "seal_pkcs11_key": "cms"}


def softhsm(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


async def test_a_key_on_a_token_seals_like_one_in_a_file(keys, token):
    settings = Settings.model_construct(
        contract_store_url="file:///nowhere",
        seal_certificate_file=keys[1],
        seal_pkcs11_pin=SecretStr("1234"),
        **token,
    )
    with open_sealer(settings) as sealer:
        pdf = await seal(sealer)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    assert (await async_validate_pdf_signature(signature, trusting(keys[1]))).bottom_line


async def test_a_bucket_keeps_sealed_contracts_like_a_folder(object_store):
    settings = Settings.model_construct(
        environment="local",
        contract_store_url=f"s3://{object_store.bucket}/sealed-contracts",
        s3_endpoint=object_store.endpoint,
        s3_region=object_store.region,
        s3_access_key_id=object_store.access_key,
        s3_secret_access_key=SecretStr(object_store.secret_key),
    )
    store = open_store(settings)
    sha256 = hashlib.sha256(b"%PDF-1.7 sealed").hexdigest()
    for _ in range(2):
        await store.keep(sha256, b"%PDF-1.7 sealed")
    assert b"".join([chunk async for chunk in store.read(sha256)]) == b"%PDF-1.7 sealed"


def test_production_refuses_the_sample_key_and_a_certificate_that_is_not_there(keys, tmp_path):
    told = {"database_url": "postgresql+asyncpg://login@db/contracts?ssl=verify-full", "environment": "production"}
    for chain, why in ((keys[1], "is the sample for local platforms"), (tmp_path / "none.pem", "cannot be read")):
        with pytest.raises(ValidationError, match=why):
            Settings(**told, seal_certificate_file=chain)
    local = {"environment": "local", "database_url": "postgresql+asyncpg://login@db/contracts"}
    assert Settings(**local, seal_certificate_file=keys[1]).seal_certificate_file == keys[1]


async def test_verapdf_finds_the_printed_and_the_sealed_contract_accessible(keys, tmp_path):
    try:
        java, jars = find_java(), jars_of(f"verapdf-{VERAPDF}", [f"org.verapdf.apps:greenfield-apps:{VERAPDF}"])
    except Trouble as trouble:
        pytest.skip(f"veraPDF cannot be had: {trouble}")
    printed, sealed = tmp_path / "printed.pdf", tmp_path / "sealed.pdf"
    printed.write_bytes(print_contract(CONTENT, signed_by="OLIVE", signed_at=SIGNED))
    sealed.write_bytes(await seal(Sealer(signer_from_files(*keys), keys[1])))
    verapdf = [str(java), "-cp", f"{jars}/*", "org.verapdf.apps.GreenfieldCliWrapper"]
    said = await asyncio.to_thread(
        subprocess.run,
        [*verapdf, "--flavour", "ua1", "--format", "text", str(printed), str(sealed)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line.split()[0] for line in said.stdout.splitlines()] == ["PASS", "PASS"], said.stdout + said.stderr
