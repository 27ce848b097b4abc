"""Keys of one purpose, rotated: a folder of PEM files, each named for the moment its key starts to sign (UTC).

    20260101T000000Z.pem        a private key; the newest whose moment has come signs
    20250101T000000Z.pub.pem    a retired key: only its public half is kept, and stays published for ever

    python -m chassis.key_ring new FOLDER [--starts 2026-12-01T00:00:00Z]   make a key (default: signs from now on)
    python -m chassis.key_ring retire FOLDER KID                            keep only the public half of an old key
    python -m chassis.key_ring show FOLDER                                  print the public keys with their dates

To rotate: make a key that starts a day ahead, so that everybody has heard its public half before it signs.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chassis import machine_time
from chassis.signing import PublicKey, SigningKey

MOMENT = "%Y%m%dT%H%M%SZ"
PUBLIC_ENDING = ".pub.pem"


class KeyRing:
    """The signing keys of one purpose, from a folder as above, or from one PEM file that always signs."""

    def __init__(self, keys: list[SigningKey], retired: list[PublicKey] | None = None) -> None:
        """Take the private keys and the public halves of retired ones. Raises ValueError without a private key."""
        if not keys:
            raise ValueError("a key ring needs at least one private key")
        self._keys = sorted(keys, key=lambda key: key.not_before)
        self._retired = retired or []

    @staticmethod
    def load(path: Path) -> "KeyRing":
        """Read a folder or a single file. Raises FileNotFoundError or ValueError."""
        if path.is_file():
            return KeyRing([SigningKey.load(path)])
        if not path.is_dir():
            raise FileNotFoundError(f"{path} is neither a key file nor a folder of them")
        files = sorted(path.glob("*.pem"))
        retired = [file for file in files if file.name.endswith(PUBLIC_ENDING)]
        return KeyRing(
            [SigningKey.load(file, _moment(file)) for file in files if file not in retired],
            [PublicKey.load(file, _moment(file)) for file in retired],
        )

    def current(self, at: datetime | None = None) -> SigningKey:
        """Return the newest key whose time has come, by machine time. Raises LookupError when none has started."""
        at = at or machine_time.now()
        started = [key for key in self._keys if key.not_before <= at]
        if not started:
            raise LookupError("no key of the ring signs yet")
        return started[-1]

    def sign(self, payload: Mapping[str, Any] | bytes, typ: str) -> str:
        """Sign with the current key."""
        return self.current().sign(payload, typ)

    def public_keys(self) -> list[PublicKey]:
        """Return every key's published half, oldest first: retired, current, and those to come."""
        halves = sorted([*self._retired, *(key.public() for key in self._keys)], key=lambda half: half.not_before)
        ends: list[datetime | None] = [*(half.not_before for half in halves[1:]), None]
        return [PublicKey(half.kid, half.key, half.not_before, end) for half, end in zip(halves, ends, strict=True)]


def new(folder: Path, starts: datetime | None = None) -> SigningKey:
    """Add a key to a folder that signs from `starts` on (default: from now). Raises FileExistsError."""
    key = SigningKey.generate((starts or machine_time.now()).astimezone(UTC).replace(microsecond=0))
    key.save(folder / f"{key.not_before.strftime(MOMENT)}.pem")
    return key


def retire(folder: Path, kid: str) -> Path:
    """Keep only the public half of a key and return its file.

    Raises LookupError when the folder has no such private key, or when it is the one that signs.
    """
    if KeyRing.load(folder).current().kid == kid:
        raise LookupError(f"{kid} signs now: make another key first")
    for file in folder.glob("*.pem"):
        if not file.name.endswith(PUBLIC_ENDING) and PublicKey.load(file).kid == kid:
            half = file.with_name(file.name.removesuffix(".pem") + PUBLIC_ENDING)
            PublicKey.load(file).save(half)
            file.unlink()
            return half
    raise LookupError(f"there is no private key {kid} in {folder}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command for operators. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chassis.key_ring", description="The signing keys of one purpose.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (("new", "make a key"), ("retire", "keep only a public half"), ("show", "print the public keys")):
        # An id may begin with a dash, so the command that takes one has no options of its own.
        with_id = name == "retire"
        command = commands.add_parser(name, help=does, prefix_chars="+" if with_id else "-", add_help=not with_id)
        command.add_argument("folder", type=Path)
        if name == "new":
            command.add_argument("--starts", type=datetime.fromisoformat, help="with offset; default: now")
        if with_id:
            command.add_argument("kid")
    options = parser.parse_args(arguments)
    try:
        print(_run(options))
    except (LookupError, ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> str:
    if options.command == "new":
        return new(options.folder, options.starts).kid
    if options.command == "retire":
        return str(retire(options.folder, options.kid))
    return json.dumps({"keys": [half.jwk() for half in KeyRing.load(options.folder).public_keys()]}, indent=2)


def _moment(file: Path) -> datetime:
    try:
        return datetime.strptime(file.name.split(".")[0], MOMENT).replace(tzinfo=UTC)
    except ValueError as problem:
        raise ValueError(f"{file} is not named for the moment its key starts, like 20260101T000000Z.pem") from problem


if __name__ == "__main__":
    sys.exit(main())
