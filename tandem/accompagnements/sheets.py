"""The sheet of intake as a document: what the notebook would hold, in the order in which one asks."""

from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tandem.documents.rules import Document, Part, blank, heading, items, notice, paragraph
from tandem.referentiels.models import Demarche
from tandem.referentiels.queries import deadlines_of
from tandem.structures.models import Structure

# A box to tick with a pen, in characters that every font draws.
_BOX = "[\u00a0\u00a0\u00a0]"


def sheet(structure: Structure, demarche: Demarche | None, *, at: datetime) -> Document:
    """The blank sheet, or that of one démarche: what to bring, what will be asked, by when."""
    title = _("Feuille d’accueil") if demarche is None else demarche.name
    parts = [
        heading(_("Ce que la personne veut, avec ses mots")),
        *_lines(3),
        heading(_("La personne")),
        blank(_("Prénom et nom")),
        blank(_("Comment la joindre, si elle le veut bien")),
    ]
    if demarche is None:
        parts += [
            heading(_("La démarche")),
            blank(_("Quoi, et auprès de quel service")),
            *_what_to_bring([]),
        ]
    else:
        parts = [paragraph(demarche.description), *parts, *_of(demarche)]
    parts += [
        heading(_("Ensuite")),
        blank(_("Qui doit agir : la personne, l’aidant ou le service")),
        blank(_("Avant quelle date")),
        blank(_("Numéros de dossier")),
        heading(_("Comment on a fait")),
        *items([
            f"{_BOX} " + _("ensemble") + f"   {_BOX} " + _("à sa place") + f"   {_BOX} " + _("elle seule, moi à côté"),
            f"{_BOX} " + _("présente") + f"   {_BOX} " + _("au téléphone") + f"   {_BOX} " + _("absente"),
        ]),
        notice(_("N’écrivez jamais ici un mot de passe, un code, un numéro de carte ou de compte bancaire.")),
    ]  # fmt: skip
    return Document(
        kind="feuille",
        title=title,
        parts=tuple(parts),
        structure=structure.name,
        address=structure.postal_address,
        phone=structure.phone,
        at=at,
        initials="",
    )


def _lines(count: int) -> list[Part]:
    return [blank("") for _line in range(count)]


def _what_to_bring(labels: list[str]) -> list[Part]:
    ticked = [f"{_BOX} {capfirst(label)}" for label in labels]
    return [heading(_("À apporter")), *items(ticked), blank(_("Autre papier"))]


def _of(demarche: Demarche) -> list[Part]:
    """What this démarche needs, and the dates that count."""
    parts = _what_to_bring(list(demarche.to_bring))
    known = deadlines_of(demarche.slug)
    facts = [] if known is None else [f"{_BOX} {fact}" for fact in known.facts]
    parts += [heading(_("Ce qui sera demandé")), *items(facts), *_lines(2)]
    words = [] if known is None else [rule.words for rule in known.rules]
    if known is not None and known.recurrence is not None:
        words.append(known.recurrence.words)
    if words:
        parts += [heading(_("Les délais")), *items(words)]
    return parts
