"""What people send is looked at before it is kept: its kind by its content, its size, what hides in it (S-45).

PDF, JPEG and PNG only. Nothing is drawn nor run: headers and compressed parts are read, within bounds.
"""

from pathlib import PurePath

from django.core.files.base import File
from django.utils.translation import gettext as _

from tandem.fichiers import images, pdf
from tandem.fichiers.rules import MEGABYTE, UPLOAD_MAX, CheckedFile, Wrong, WrongFile
from tandem.kernel.refusals import Refusal
from tandem.kernel.text import clean_line

_NAME_MAX = 100
_KINDS = (
    (b"%PDF-", "application/pdf", ".pdf", pdf.cleaned),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg", images.cleaned_jpeg),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png", images.cleaned_png),
)


class UploadRefused(Refusal):
    """The file is not taken; the message says why, and what to do."""

    status = 422
    code = "upload"


def check_upload(upload: "File[bytes]") -> CheckedFile:
    """The file, its kind told by its content, without what it said of who made it, where and when.

    Raises:
        UploadRefused: empty, more than ten megabytes, of another kind, damaged, or hiding something.
    """
    if (upload.size or 0) > UPLOAD_MAX:
        raise UploadRefused(_said(Wrong.TOO_BIG))
    content = upload.read()
    if not content:
        raise UploadRefused(_said(Wrong.EMPTY))
    for magic, media_type, suffix, cleaned in _KINDS:
        if content.startswith(magic):
            try:
                kept = cleaned(content)
            except WrongFile as wrong:
                raise UploadRefused(_said(wrong.why)) from wrong
            return CheckedFile(_name(upload.name or "", suffix), media_type, kept)
    raise UploadRefused(_said(Wrong.KIND))


def _name(sent: str, suffix: str) -> str:
    """The name of the file, without a folder, with the ending of what it really is."""
    last = clean_line(sent.replace("\\", "/")).rsplit("/", 1)[-1]
    return (PurePath(last).stem[:_NAME_MAX].strip(" .") or _("document")) + suffix


def _said(why: Wrong) -> str:
    """The refusal in words."""
    words = {
        Wrong.TOO_BIG: _(
            "Ce fichier est trop lourd : %(max)s Mo au plus. Scannez-le en noir et blanc, ou en plusieurs fois."
        ),
        Wrong.EMPTY: _("Ce fichier est vide. Choisissez-en un autre."),
        Wrong.KIND: _(
            "Seuls les PDF et les photos (JPEG ou PNG) sont acceptés. Prenez une photo, ou enregistrez en PDF."
        ),
        Wrong.DAMAGED: _(
            "Ce fichier est abîmé : il ne s’ouvre pas. Scannez de nouveau, ou prenez une photo."
        ),
        Wrong.HIDDEN: _(
            "Ce fichier en cache un autre, ou contient un programme. Imprimez-le en PDF, puis envoyez ce PDF."
        ),
        Wrong.BOMB: _(
            "Ce fichier est trop grand une fois ouvert. Scannez-le moins finement, ou prenez une photo."
        ),
        Wrong.LOCKED: _(
            "Ce PDF est protégé par un mot de passe. Imprimez-le en PDF, puis envoyez ce PDF."
        ),
    }
    return words[why] % {"max": UPLOAD_MAX // MEGABYTE}
