"""A field that takes a file in a form, and the answer that gives one back."""

import re
from typing import Any
from urllib.parse import quote

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tandem.fichiers.models import StoredFile
from tandem.fichiers.queries import open_file
from tandem.fichiers.rules import CheckedFile
from tandem.fichiers.uploads import UploadRefused, check_upload

_ALONE = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"


class CheckedFileField(forms.FileField):
    """A PDF or a photo; its value is a `CheckedFile`, or None."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("PDF ou photo (JPEG, PNG), 10 Mo au plus."))
        super().__init__(**options)
        self.widget.attrs.setdefault("accept", ".pdf,.jpg,.jpeg,.png,application/pdf,image/*")

    def clean(self, data: Any, initial: Any = None) -> CheckedFile | None:
        """The file once looked at; what is wrong with it is said beside the field."""
        try:
            return check_upload(data) if data else super().clean(data, initial)
        except UploadRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


def attachment(stored: StoredFile) -> HttpResponse:
    """The file to keep, never to be shown by the browser inside a page of ours (S-45).

    Read whole before a byte leaves: a damaged file is an error, not the beginning of a document.
    """
    response = HttpResponse(b"".join(open_file(stored)), content_type=stored.media_type)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", stored.name) or "document"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.name, safe='')}"
    )
    response["Content-Security-Policy"] = _ALONE
    return response
