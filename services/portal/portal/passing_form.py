"""A multipart form on its way through: the small text fields are read as they pass, the file is not."""

from collections.abc import AsyncIterator

from python_multipart.multipart import MultipartParser, parse_options_header

LONGEST_FIELD = 4096
LONGEST_START = 64 * 1024
"""How much of a form may pass before the field that is waited for."""


class NotAForm(Exception):
    """The body is not a multipart form, or what it must begin with is missing."""


class PassingForm:
    """The body of a form as it arrives from the browser. Holds its text fields and never more than one chunk of a file.

    `start_until` reads as far as one named field; `body` then gives every byte, from the first, to pass on.
    `finish` reads what nobody has taken, so that all text fields are known even after a refusal half-way.
    """

    def __init__(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        """Take the request's content type and its body. Raises `NotAForm` when it is no multipart form."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise NotAForm
        self.content_type = content_type
        self.fields: dict[str, str] = {}
        self._chunks = chunks
        self._held: list[bytes] = []
        self._header_name = self._header_value = b""
        self._name: str | None = None
        self._value = b""
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value_data,
                "on_header_end": self._header_ends,
                "on_part_data": self._part_data,
                "on_part_end": self._part_ends,
            },
        )

    async def start_until(self, name: str) -> str:
        """Read as far as the field `name` and return its value. Raises `NotAForm` when it does not come early."""
        passed = 0
        while name not in self.fields:
            chunk = await anext(self._chunks, None)
            passed += len(chunk or b"")
            if chunk is None or passed > LONGEST_START + len(chunk):
                raise NotAForm
            self._held.append(chunk)
            self._watch(chunk)
        return self.fields[name]

    async def body(self) -> AsyncIterator[bytes]:
        """Give every byte of the form, as it came."""
        while self._held:
            yield self._held.pop(0)
        async for chunk in self._chunks:
            self._watch(chunk)
            yield chunk

    async def finish(self) -> None:
        """Read the rest and let it go."""
        async for chunk in self._chunks:
            self._watch(chunk)

    def _watch(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except ValueError as problem:
            raise NotAForm from problem

    def _part_begins(self) -> None:
        self._name, self._value = None, b""
        self._header_name = self._header_value = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_value_data(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_ends(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            _, options = parse_options_header(self._header_value)
            if b"filename" not in options:
                self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._header_name = self._header_value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name is not None and len(self._value) < LONGEST_FIELD:
            self._value += data[start:end]

    def _part_ends(self) -> None:
        if self._name is not None:
            self.fields[self._name] = self._value[:LONGEST_FIELD].decode("utf-8", "replace")
