"""A sealing key for local platforms: certified by an authority of its own, which nobody else trusts.

`python -m contracts_svc.sealing.sample_key FOLDER` makes it the first time. Production refuses it.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SAMPLE = "Sample for local use"
"""The organizational unit by which its certificates are told from a real authority's."""
FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)


def _name(words: str) -> x509.Name:
    unit = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, SAMPLE)
    return x509.Name([unit, x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )


def sealing_key(folder: Path) -> tuple[Path, Path]:
    """Return the files of a sealing key and of its chain (certificate, then issuer), making them the first time."""
    key_file, chain = folder / "seal.key.pem", folder / "seal.chain.pem"
    if not chain.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make(key_file, chain)
    return key_file, chain


def is_sample(chain: Path) -> bool:
    """Whether a chain of certificates (PEM) was made here. Raises OSError, ValueError when it cannot be read."""
    return any(
        SAMPLE in {unit.value for unit in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)}
        for certificate in x509.load_pem_x509_certificates(chain.read_bytes())
    )


def _make(key_file: Path, chain: Path) -> None:
    issuer_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def certificate(subject: str, public: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name("Sample root"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(_usage(signs=not ca), critical=True)
            .sign(issuer_key, hashes.SHA256())
        )

    root = certificate("Sample root", issuer_key.public_key(), ca=True)
    leaf = certificate("Sample CMS seal", key.public_key(), ca=False)
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    chain.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root)))


if __name__ == "__main__":
    sealing_key(Path(sys.argv[1]))
