"""A mandat signed by hand, on paper: what is noted of the sheet, and what such a mandat never allows (P-32, P-35)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# How a use made elsewhere than through FranceConnect is written on its row.
ELSEWHERE: Final = "elsewhere:"


class Hand(TextChoices):
    """How the person signed."""

    SIGNATURE = "signature", _("signature de la main de la personne")
    MARK = "mark", _("marque de la personne, devant témoin")


class Keeper(TextChoices):
    """Who keeps the original (P-44)."""

    STRUCTURE = "structure", _("la structure")
    PERSON = "person", _("la personne")
    BOTH = "both", _("la personne et la structure, chacune le sien")


class UseWay(TextChoices):
    """How an act is done elsewhere than through FranceConnect."""

    LETTER = "letter", _("par lettre")
    TELEPHONE = "telephone", _("par téléphone")
    FORM = "form", _("par un formulaire papier")
    COUNTER = "counter", _("au guichet")
    PRIVATE = "private", _("auprès d’un organisme privé")


def use_way(relying_party: str) -> str:
    """Its words; empty for a use through FranceConnect."""
    if not relying_party.startswith(ELSEWHERE):
        return ""
    return str(UseWay(relying_party.removeprefix(ELSEWHERE)).label)


class PaperWrong(StrEnum):
    """Why what is noted of a sheet cannot be."""

    DAYS = "days"
    CLOSED_LIST = "closed_list"
    WITNESS = "witness"
    FOUR_EYES = "four_eyes"


@dataclass(frozen=True)
class Handwritten:
    """The sheet signed by hand, as the aidants who held it say it is."""

    # What the sheet prints at its foot, so that it is found to be this one.
    mark: str
    # Its last day is counted from the day it was printed: it stands on the sheet.
    printed_on: date
    signed_on: date
    hand: str
    kept_by: str
    witness: str = ""
    witness_quality: str = ""
    # The person was not there: someone else brought the sheet, and two aidants answer for it (S-20).
    absent: bool = False
    # Who noted it first; another aidant then confirms.
    noted_by: str = ""

    def wrong(self, *, today: date) -> PaperWrong | None:
        """What does not hold, if anything."""
        if not self.printed_on <= self.signed_on <= today:
            return PaperWrong.DAYS
        if self.hand not in Hand.values or self.kept_by not in Keeper.values or not self.mark:
            return PaperWrong.CLOSED_LIST
        named = bool(self.witness) and bool(self.witness_quality)
        if bool(self.witness) != bool(self.witness_quality) or (
            self.hand == Hand.MARK and not named
        ):
            return PaperWrong.WITNESS
        return PaperWrong.FOUR_EYES if self.absent != bool(self.noted_by) else None
