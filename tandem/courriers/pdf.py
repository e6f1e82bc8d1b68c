"""A letter on paper: the same content as its page. Nothing of what was typed is ever code (S-29)."""

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from tandem.courriers.models import LettreVersion
from tandem.courriers.rules import Block, Content, Run, blocks_of, runs_of, typeset
from tandem.impression.pdf import render_pdf
from tandem.impression.rules import Json

TEMPLATE = Path(__file__).resolve().parent / "typst" / "lettre.typ"


def lettre_pdf(version: LettreVersion, *, at: datetime) -> bytes:
    """The PDF of one version. What is missing is printed as it stands, and can be seen."""
    says = version.says
    title = says.subject or _("Lettre")
    return render_pdf(TEMPLATE, data=_data(says), title=title, at=at)


def _data(says: Content) -> dict[str, Json]:
    return {
        # The author of a document is read by whoever receives the file: the person, as the paper says.
        "document": {"author": says.signature.split("\n")[0]},
        "words": {"subject": _("Objet :"), "page": _("page")},
        "letterhead": _lines(says.letterhead),
        "sender": _lines(says.sender_lines),
        "recipient": _lines(says.recipient),
        "place_date": _runs(runs_of(says.place_date)),
        "subject": _runs(runs_of(says.subject)),
        "blocks": [_block(block) for block in blocks_of(says.body)],
        "signature": _lines(says.signature),
    }


def _block(block: Block) -> Json:
    return {"kind": block.kind, "lines": [_runs(line) for line in block.lines]}


def _lines(text: str) -> list[Json]:
    return [_runs(runs_of(line)) for line in text.split("\n") if line.strip()]


def _runs(runs: tuple[Run, ...]) -> list[Json]:
    """Each string is trimmed on its way to the paper: the spaces around what is missing are said apart."""
    return [
        {
            "text": typeset(run.text),
            "missing": run.missing,
            "before": run.text[:1].isspace(),
            "after": run.text[-1:].isspace(),
        }
        for run in runs
    ]
