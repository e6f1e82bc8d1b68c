"""A document on paper: the same content as its page."""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tandem.documents.rules import Document, Part
from tandem.impression.pdf import render_pdf
from tandem.impression.qr import qr_bytes
from tandem.impression.rules import Attachment, Json, grouped
from tandem.mandats.queries import code_words
from tandem.ui import icons

TEMPLATE = Path(__file__).resolve().parent / "typst" / "documents.typ"


def verification_address(code: str) -> str:
    """Where a third party checks the document."""
    return f"{settings.TANDEM_SITE_URL}{reverse('preuves:verify', args=[code_words(code)])}"


def document_pdf(document: Document, *, cover: bool = False) -> bytes:
    """The PDF: sealed documents carry their snapshot and a code to check them.

    With `cover`, a first page for what may wait at a shared printer: initials and page count (P-29).
    """
    data: dict[str, Json] = {
        "document": _words(document),
        "cover": {"initials": document.initials} if cover else None,
        "large": document.large,
        "parts": [_part(part) for part in document.parts],
        "drawings": {name: _drawing(name) for name in _drawn(document)},
        "qr": _qr(document.code) if document.code else None,
        "seal": _seal(document.seal) if document.seal else None,
    }
    attached = [
        Attachment(
            name="mandat.json",
            content=document.snapshot,
            media_type="application/json",
            description=_("Ce que le mandat dit, tel qu’il a été scellé"),
            relationship="source",
        )
    ]
    return render_pdf(
        TEMPLATE,
        data=data,
        title=document.title,
        at=document.at,
        attachments=attached if document.snapshot else [],
    )


def _words(document: Document) -> Json:
    footer = document.foot or (
        _("Sceau %(start)s…") % {"start": document.seal[:8]} if document.seal else document.phone
    )
    return {
        "header": document.structure,
        "brand": "Tandem",
        "footer": footer,
        "page": _("page"),
        "author": document.structure,
        "cover": {
            "kind": _("Document personnel"),
            "pages": _("pages"),
            "collect": _("À remettre en main propre."),
        },
    }


def _part(part: Part) -> Json:
    content: dict[str, Any] = asdict(part)
    return {**content, "text": part.text, "blocks": [asdict(block) for block in part.blocks]}


def _drawn(document: Document) -> list[str]:
    names = {part.pictogram for part in document.parts}
    names |= {block.pictogram for part in document.parts for block in part.blocks}
    return sorted(names - {""})


@cache
def _drawing(name: str) -> str:
    folder = "pictos" if name in icons.PICTOGRAMS else "icones"
    return (icons.STATIC / folder / f"{name}.svg").read_text(encoding="utf-8")


def _qr(code: str) -> Json:
    address = verification_address(code)
    page = f"{settings.TANDEM_SITE_URL}{reverse('preuves:start')}"
    return {
        "svg": qr_bytes(address).decode(),
        "alt": _("Code QR qui ouvre la page de vérification : %(address)s") % {"address": address},
        "title": _("Vérifier ou arrêter"),
        "text": _("Scannez ce code. Ou ouvrez %(page)s et tapez :") % {"page": page},
        "address": code_words(code),
    }


def _seal(seal: str) -> Json:
    return {
        "title": _("Sceau"),
        "value": grouped(seal),
        "text": _("Ces lettres changent si un seul mot du mandat change."),
    }
