"""Choices and pure rules of notes: no database, no clock, no request."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# A.3: until the démarche ends, at most 6 months; never more than 6 months of 30 days.
WORKING_KEPT = timedelta(days=180)
# A.3: two years after the last contact with the person, whoever opened the file since (P-21).
FACTS_KEPT = timedelta(days=730)
# A secret is read by whoever wrote it: once they are gone nobody could, and it goes too.
SECRET_KEPT_AFTER_LEAVING = timedelta(days=30)
TEXT_LENGTH = 4000


class Kind(TextChoices):
    """Who may read a note (P-15, P-16)."""

    FACT = "fact", _("fait partageable")
    WORKING = "working", _("note de travail")
    SECRET = "secret", _("secret")


class Category(TextChoices):
    """What a text may say that the law protects more: articles 9 and 10 of the GDPR."""

    HEALTH = "health", _("la santé ou un handicap")
    RELIGION = "religion", _("la religion ou les convictions")
    OPINION = "opinion", _("les opinions politiques ou syndicales")
    ORIGIN = "origin", _("l’origine")
    SEXUALITY = "sexuality", _("la vie ou l’orientation sexuelle")
    OFFENCE = "offence", _("une condamnation ou une infraction")


class Reason(TextChoices):
    """Why a note may say it all the same."""

    RIGHT = "right", _("c’est nécessaire pour un droit que la personne demande")
    ASKED = "asked", _("la personne m’a demandé de l’écrire")
    VITAL = "vital", _("c’est nécessaire pour protéger la vie de quelqu’un")


@dataclass(frozen=True)
class Said:
    """What one form says: the text, what the law protects in it and why; the alarms waved away (P-12)."""

    text: str
    category: Category | None = None
    reason: Reason | None = None
    overridden: tuple[str, ...] = ()


def row_id(affectation: UUID, key: UUID, text: str) -> UUID:
    """The identifier of what one form writes: sent twice, it names the same row; with another text, another (S-24)."""
    return uuid5(affectation, f"{key}\0{text}")


_SENSITIVE_WORDS = {
    Category.HEALTH: (
        r"malad\w*|cancer\w*|diabet\w*|depressi\w*|deprim\w*|handicap\w*|invalid\w*|hopital|hospitalis\w*|psychiatr\w*"
        r"|psycholog\w*|seropositi\w*|vih|sida|hepatit\w*|enceinte|grossesse|avortement|ivg|alcool\w*|addict\w*"
        r"|toxicoman\w*|drogue\w*|cannabis|chimio\w*|dialyse|operation chirurgicale|chirurgi\w*|epilep\w*|autis\w*"
        r"|alzheimer|parkinson|schizophren\w*|bipolaire|suicid\w*|medicament\w*|ordonnance medicale|mdph|aah|ald"
        r"|infirme|infirmit\w*|malentendant\w*|malvoyant\w*|sourde?s?|aveugles?|dyslexi\w*|trouble\w* mental\w*"
    ),
    Category.RELIGION: (
        r"religi\w*|musulman\w*|islam\w*|catholi\w*|chretien\w*|protestant\w*|evangeli\w*|juifs?|juives?|judaisme"
        r"|bouddhis\w*|hindou\w*|orthodoxe|temoins? de jehovah|mosquees?|synagogues?|ramadan|imam|baptise\w*|athees?"
    ),
    Category.OPINION: (
        r"syndicalis\w*|syndique\w*|cgt|cfdt|extreme.droite|extreme.gauche|militante?s?|parti (?:socialiste|communiste"
        r"|politique)|communistes?|gilets? jaunes?|(?:vote|votent|voter) (?:pour|a (?:gauche|droite))"
        r"|opinions? politiques?"
    ),
    Category.ORIGIN: (
        r"origines? (?:ethnique\w*|africaine?s?|maghrebine?s?|arabes?|rom|gitane?s?)|ethni\w*|gitane?s?|tsiganes?|roms"
        r"|gens du voyage|maghrebine?s?|race|raciale?s?"
    ),
    Category.SEXUALITY: (
        r"homosexu\w*|lesbienne?s?|gays?|bisexu\w*|transgenres?|transsexu\w*|orientation sexuelle|vie sexuelle"
        r"|prostitu\w*"
    ),
    Category.OFFENCE: (
        r"prison|incarcer\w*|detenue?s?|condamne\w*|casier judiciaire|garde a vue|delinquan\w*|spip"
        r"|bracelet electronique|mise? en examen|sursis|delit|viole?|violeur|escroquerie commise"
    ),
}
_SENSITIVE = {
    category: re.compile(rf"\b(?:{words})\b") for category, words in _SENSITIVE_WORDS.items()
}


def sensitive_categories(text: str) -> list[Category]:
    """What a text seems to say among what the law protects more; empty: nothing seen (P-15)."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in spread if not unicodedata.combining(letter))
    plain = " ".join(re.sub("[’']", " ", plain).split())
    return [category for category, words in _SENSITIVE.items() if words.search(plain)]
