"""The seal: a PAdES signature over the printed contract, which any PDF reader verifies offline."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts_svc.settings import Settings

FIELD = "CMS"
REASON = "Signed on behalf of the Centers for Medicare & Medicaid Services"


@dataclass(frozen=True)
class Sealer:
    """Seals PDFs with one key: PAdES B-LTA where there is a time-stamp authority, B-B otherwise.

    `chain` ends in the root of the seal's certificate; `timestamp_chain` holds the authority's issuers, where others.
    """

    signer: signers.Signer
    chain: Path
    timestamper: TimeStamper | None = None
    timestamp_chain: Path | None = None

    @property
    def level(self) -> str:
        """The level of the seals it makes."""
        return "PAdES B-LTA" if self.timestamper else "PAdES B-B"

    async def seal(self, pdf: bytes) -> bytes:
        """Return the sealed PDF. Raises what pyHanko raises when the key, token or time-stamp authority fails."""
        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=REASON,
            name="Centers for Medicare & Medicaid Services",
            subfilter=fields.SigSeedSubFilter.PADES,
            embed_validation_info=self.timestamper is not None,
            use_pades_lta=self.timestamper is not None,
            validation_context=self._trusting_the_chains() if self.timestamper else None,
        )
        sealed = await signers.async_sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)), metadata, self.signer, timestamper=self.timestamper
        )
        return bytes(sealed.getbuffer())

    def _trusting_the_chains(self) -> ValidationContext:
        chains = [_certificates(chain) for chain in (self.chain, self.timestamp_chain) if chain]
        return ValidationContext(
            trust_roots=[chain[-1] for chain in chains],
            other_certs=[certificate for chain in chains for certificate in chain[:-1]],
            allow_fetching=True,
            revocation_mode="soft-fail",
        )


@contextmanager
def open_sealer(settings: Settings) -> Iterator[Sealer | None]:
    """Open the key that the settings name for as long as the body runs; None where they name none."""
    chain = settings.seal_certificate_file
    if not settings.seals or chain is None:
        yield None
        return
    timestamper = HTTPTimeStamper(settings.timestamp_url) if settings.timestamp_url else None
    if settings.seal_key_file is not None:
        held = signer_from_files(settings.seal_key_file, chain)
        yield Sealer(held, chain, timestamper, settings.timestamp_chain_file)
        return
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    pin = settings.seal_pkcs11_pin.get_secret_value() if settings.seal_pkcs11_pin else None
    with open_pkcs11_session(
        str(settings.seal_pkcs11_module), token_criteria=TokenCriteria(label=settings.seal_pkcs11_token), user_pin=pin
    ) as session:
        certificate, *issuers = _certificates(chain)
        on_token = PKCS11Signer(
            session,
            signing_cert=certificate,
            ca_chain=issuers,
            key_label=settings.seal_pkcs11_key,
            use_raw_mechanism=True,  # the digest is made here: not every token hashes for an EC key
        )
        yield Sealer(on_token, chain, timestamper, settings.timestamp_chain_file)


def signer_from_files(key: Path, chain: Path) -> signers.Signer:
    """Return a signer whose key and certificates lie in PEM files. Raises ValueError when they cannot be read."""
    certificate, *issuers = _certificates(chain)
    load: Callable[[str, bytes | None], PrivateKeyInfo] = load_private_key_from_pemder
    collect: Callable[[list[Certificate]], SimpleCertificateStore] = SimpleCertificateStore.from_certs
    known = collect(issuers)
    return signers.SimpleSigner(certificate, load(str(key), None), known)


def _certificates(chain: Path) -> list[Certificate]:
    load: Callable[[list[str]], Iterator[Certificate]] = load_certs_from_pemder
    return list(load([str(chain)]))
