"""The malware scanner clamd of Debian's clamav-daemon, offline, with one signature of our own: EICAR's test file."""

import shutil
import socket
from contextlib import closing
from pathlib import Path

from deploy.local import debian
from deploy.local.ports import LOCALHOST
from deploy.local.program import Program
from deploy.local.trouble import Trouble

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file that every scanner reports (eicar.org), in two halves so that no scanner reports this file."""
LARGEST_MEGABYTES = 200

CONFIGURATION = """\
Foreground yes
TCPSocket {port}
TCPAddr {host}
DatabaseDirectory {signatures}
StreamMaxLength {largest}M
MaxFileSize {largest}M
MaxScanSize {largest}M
AlertExceedsMax yes
MaxThreads 4
SelfCheck 0
"""


def find_clamd(*, install: bool = True) -> Path:
    """Return the scanner's program, installing Debian's package where we may.

    Raises:
        Trouble: it is not installed and cannot be
    """
    places = ("/usr/sbin/clamd", "/usr/local/sbin/clamd")
    found = shutil.which("clamd") or next((place for place in places if Path(place).exists()), None)
    if found:
        return Path(found)
    if install and not debian.install(["clamav-daemon"]):
        return find_clamd(install=False)
    msg = "The malware scanner clamd is not installed: on Debian, `apt-get install clamav-daemon`."
    raise Trouble(msg)


def prepare(data: Path, port: int) -> None:
    """Write the configuration and the signature file."""
    signatures = data / "signatures"
    signatures.mkdir(parents=True, exist_ok=True)
    (signatures / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    (data / "clamd.conf").write_text(
        CONFIGURATION.format(host=LOCALHOST, port=port, signatures=signatures, largest=LARGEST_MEGABYTES)
    )


def program(data: Path, port: int) -> Program:
    """Describe the scanner on a prepared folder.

    Raises:
        Trouble: it is not installed
    """
    return Program(
        name="clamd",
        command=(str(find_clamd(install=False)), f"--config-file={data / 'clamd.conf'}"),
        ready=lambda: _pongs(port),
        folder=data,
        stop_within=5,
    )


def _pongs(port: int) -> bool:
    try:
        with closing(socket.create_connection((LOCALHOST, port), timeout=2)) as connection:
            connection.sendall(b"zPING\0")
            return connection.recv(16).startswith(b"PONG")
    except OSError:
        return False
