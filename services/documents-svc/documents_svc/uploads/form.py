"""A multipart form with one file, read as it arrives: small fields are kept, the file passes through in chunks."""

from collections import deque
from collections.abc import AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from chassis.errors import Invalid
from documents_svc.uploads.body import LineDown

LONGEST_FIELD = 8 * 1024
MOST_FIELDS = 20


class NotAForm(Invalid):
    """The form was not complete when it arrived. Fill it in and send it again."""


class FormWithoutFile(Invalid):
    """Choose a file."""


class FormWithTwoFiles(Invalid):
    """Send one file at a time."""


class UploadForm:
    """`filename()` reads as far as the file; `file()` gives its bytes; then `fields` holds every field of the form."""

    def __init__(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        """Take the request's content type and its body. Raises `NotAForm` when it is no multipart form."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise NotAForm
        self.fields: dict[str, str] = {}
        self._chunks = chunks
        self._header = self._value = b""
        self._field: str | None = None
        self._text = b""
        self._filename: str | None = None
        self._in_file = self._complete = False
        self._file: deque[bytes] = deque()
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_name_data,
                "on_header_value": self._header_value_data,
                "on_header_end": self._header_ends,
                "on_part_data": self._part_data,
                "on_part_end": self._part_ends,
                "on_end": self._form_ends,
            },
        )

    async def filename(self) -> str:
        """Read as far as the file and return its name. Raises `FormWithoutFile`, `NotAForm` or `LineDown`."""
        while self._filename is None:
            if not await self._more():
                raise FormWithoutFile(field="filename")
        if not self._filename:
            raise FormWithoutFile(field="filename")
        return self._filename

    async def file(self) -> AsyncIterator[bytes]:
        """Give the bytes of the file, and read the form to its end. Raises `NotAForm` or `LineDown`."""
        more = True
        while more:
            while self._file:
                yield self._file.popleft()
            more = await self._more()
            if not self._file:
                yield b""
        while self._file:
            yield self._file.popleft()

    async def _more(self) -> bool:
        chunk = await anext(self._chunks, None)
        if chunk is None:
            if not self._complete:
                raise LineDown
            return False
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise NotAForm from None
        return True

    def _part_begins(self) -> None:
        self._field, self._text, self._in_file = None, b"", False
        self._header = self._value = b""

    def _header_name_data(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value_data(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            if b"filename" in options:
                self._file_begins(options[b"filename"].decode("utf-8", "replace"))
            else:
                self._field = options.get(b"name", b"").decode("utf-8", "replace")
        self._header = self._value = b""

    def _file_begins(self, name: str) -> None:
        if self._filename is not None:
            raise FormWithTwoFiles(field="filename")
        self._filename, self._in_file = name, True

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._file.append(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > LONGEST_FIELD or len(self.fields) > MOST_FIELDS:
            raise NotAForm

    def _part_ends(self) -> None:
        if self._field is not None:
            self.fields[self._field] = self._text.decode("utf-8", "replace")
        self._in_file = False

    def _form_ends(self) -> None:
        self._complete = True
