"""The papers a mandat has: what the person leaves with (P-30); the room above draws them."""

from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tandem.mandats import texts
from tandem.mandats.models import Autorisation, Mandat

EXPLANATION: Final = "explication-"
KINDS: Final[dict[str, str | Promise]] = {
    "mandat": _("Le mandat"),
    "mandat-facile": _("Le mandat, en facile à lire"),
    "feuille": _("La feuille que la personne emporte"),
    "compte": _("Le compte des connexions"),
    "recu": _("Le reçu de l’arrêt"),
}


def kinds_of(mandat: Mandat) -> list[tuple[str, str]]:
    """The documents this mandat has, with their names; explanations come last."""
    kinds = [(kind, str(label)) for kind, label in KINDS.items()]
    if not ended_lines(mandat).exists():
        kinds = [row for row in kinds if row[0] != "recu"]
    others = (text for text in texts.texts(mandat.text_version) if text.name != texts.SIGNED)
    return kinds + [(f"{EXPLANATION}{text.name}", text.label) for text in others if not text.facile]


def ended_lines(mandat: Mandat) -> QuerySet[Autorisation]:
    """Lines that someone stopped, or that ran out."""
    return mandat.autorisations.exclude(ended_at=None).order_by("pk")
