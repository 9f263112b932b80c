"""Requests that may carry a file: larger than the others on the pages that ask for one, and never on the disk."""

from io import BytesIO
from typing import IO

from flask import Request

# Pages that take a file → bytes of the whole request: the file, and a little for the fields beside it.
LARGE = {"residency.prove_send": 6_000_000, "owner.add_photo": 11_000_000, "owner.add_document": 6_000_000}


class UploadRequest(Request):
    """A request whose files stay in memory: werkzeug would write larger ones to the disk, in clear."""

    @property
    def max_content_length(self) -> int | None:
        """The most bytes of this request; known before anything of it is read."""
        return LARGE.get(self.endpoint or "") or super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - werkzeug's interface
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        """Return where a file is collected: `max_content_length` bounds it."""
        return BytesIO()
