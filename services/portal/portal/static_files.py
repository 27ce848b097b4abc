"""Style sheets, fonts, icons and scripts, served from memory at addresses that carry their content's hash."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

PACKAGE = Path(__file__).parent
OWN = PACKAGE / "browser"
FROM_NPM = PACKAGE / "static"
PREFIX = "/static"
YEAR = 365 * 24 * 3600
COMPRESSED = {"text/css", "text/javascript", "image/svg+xml"}

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


class StaticTree:
    """All files of the given folders under one address: `/static/<hash of them all>/<path>`.

    One hash for the tree keeps relative references inside style sheets and scripts true. A file asked
    for under another hash (a page of the release before) is answered too, but not to be kept.
    """

    def __init__(self, *folders: Path) -> None:
        """Read every file of `folders`; hidden files are left out."""
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        self._gzipped = {
            name: gzip.compress(content, mtime=0) for name, content in self._files.items() if _type(name) in COMPRESSED
        }
        digest = hashlib.sha256()
        for name, content in sorted(self._files.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        self.version = digest.hexdigest()[:16]

    def address(self, name: str) -> str:
        """Return where the file is found. Raises KeyError for a file that is not there."""
        if name not in self._files:
            raise KeyError(name)
        return f"{PREFIX}/{self.version}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request below the prefix."""
        version, _, name = scope["path"].removeprefix(f"{PREFIX}/").partition("/")
        response: Response = PlainTextResponse("There is no such file.\n", status_code=404)
        if name in self._files and scope["method"] in {"GET", "HEAD"}:
            response = self._answer(name, current=version == self.version, headers=Headers(scope=scope))
        await response(scope, receive, send)

    def _answer(self, name: str, *, current: bool, headers: Headers) -> Response:
        kept = f"public, max-age={YEAR}, immutable" if current else "no-cache"
        if name not in self._gzipped:
            return Response(self._files[name], media_type=_type(name), headers={"cache-control": kept})
        small = "gzip" in headers.get("accept-encoding", "")
        response = Response(
            self._gzipped[name] if small else self._files[name],
            media_type=_type(name),
            headers={"cache-control": kept, "vary": "Accept-Encoding"},
        )
        if small:
            response.headers["content-encoding"] = "gzip"
        return response


def portal_files() -> StaticTree:
    """Return the portal's own files together with those from npm.

    Raises SystemExit with what to do when those from npm were not fetched yet.
    """
    if not (FROM_NPM / "uswds").is_dir():
        raise SystemExit("The portal's browser parts are missing. Run `make setup` or `python -m portal.assets`.")
    return StaticTree(OWN, FROM_NPM)


def _type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
