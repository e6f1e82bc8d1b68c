"""What a date says on screen: the sourced words of the catalogue, or those typed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tandem.echeances.models import Echeance
from tandem.echeances.rules import ASKED, EcheanceKind
from tandem.referentiels.deadlines import Meaning, Source
from tandem.referentiels.queries import deadline_rule, recurrence


@dataclass(frozen=True)
class Words:
    """The words of one date. `source`: where they come from; None when an aidant typed them."""

    title: str
    about: str
    missed: str
    to: str
    source: Source | None


def words_of(echeance: Echeance) -> Words:
    """A rule that left the catalogue leaves its kind and its day."""
    kind = EcheanceKind(echeance.kind)
    if not echeance.rule:
        return Words(echeance.title, "", echeance.missed, "", None)
    if echeance.rule == ASKED:
        asked = "" if echeance.demarche_suivie is None else echeance.demarche_suivie.asked
        return Words(str(kind.label), asked, echeance.missed, "", None)
    rule, again = deadline_rule(echeance.rule), recurrence(echeance.rule)
    if rule is not None:
        title = _silence(rule.meaning) if kind == EcheanceKind.SILENCE else str(kind.label)
        return Words(title, rule.words, echeance.missed or rule.missed, rule.to, rule.source)
    if again is not None:
        return Words(
            str(kind.label), again.words, echeance.missed or again.missed, "", again.source
        )
    return Words(str(kind.label), "", echeance.missed, "", None)


def _silence(meaning: Meaning | None) -> str:
    if meaning == Meaning.ACCEPTED:
        return _("Sans réponse ce jour-là, c’est accepté")
    if meaning == Meaning.REFUSED:
        return _("Sans réponse ce jour-là, c’est refusé")
    return _("Sans réponse ce jour-là, relancer")
