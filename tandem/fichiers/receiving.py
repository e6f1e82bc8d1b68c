"""How files arrive: in memory, never in clear on the disk, and never more than what may be kept."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from tandem.fichiers.rules import UPLOAD_MAX


class BoundedUploadHandler(FileUploadHandler):
    """Keeps ten megabytes of a file; beyond, it only counts, and the form says that it is too big."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self.kept = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it."""
        if start + len(raw_data) <= UPLOAD_MAX:
            self.kept += raw_data
        else:
            self.kept.clear()
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The whole of it, or an empty file that says how big it was."""
        return InMemoryUploadedFile(
            BytesIO(bytes(self.kept)),
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
