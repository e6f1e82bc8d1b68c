"""A document with every shared part."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tandem.impression.pdf import render_pdf
from tandem.impression.qr import qr_bytes
from tandem.impression.rules import Attachment, grouped

HERE = Path(__file__).resolve().parent / "typst"
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ADDRESS = "https://tandem.example/verifier/"


def sample_data(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "document": {
            "header": "CCAS de Villeneuve", "brand": "Tandem", "footer": "Sceau 0123 4567",
            "page": "page", "author": "CCAS de Villeneuve",
            "cover": {"kind": "Un document personnel", "pages": "pages", "collect": "À remettre."},
        },
        "text": "Bonjour, voici un document d’essai.",
        "rows": [["Personne", "Rose Durand"], ["Jusqu’au", "12 mars 2027"]],
        "qr": {
            "svg": qr_bytes(ADDRESS).decode(), "alt": f"Code QR : {ADDRESS}", "title": "Vérifier",
            "text": "Scannez ce code, ou tapez cette adresse :", "address": ADDRESS,
        },
        "seal": grouped("0123456789abcdef" * 4),
        "blocks": [
            {"kind": "title", "text": "Un texte"},
            {"kind": "heading", "text": "Une partie"},
            {"kind": "paragraph", "text": "Un paragraphe."},
            {"kind": "item", "text": "Un point"},
            {"kind": "item", "text": "Un autre point"},
        ],
    }  # fmt: skip
    return data | changes


def sample_pdf(
    *, template: str = "sample.typ", attachments: tuple[Attachment, ...] = (), **changes: Any
) -> bytes:
    return render_pdf(
        HERE / template,
        data=sample_data(**changes),
        title="Document d’essai",
        at=AT,
        attachments=attachments,
    )
