"""Choices and pure rules of letters and post: no database, no clock, no request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.kernel.text import clean_line, clean_text

# The follow-up is kept two years after the last contact (trust.md, A.3).
KEPT: Final = timedelta(days=2 * 365)
LONGEST_BODY: Final = 20_000
LONGEST_BLOCK: Final = 600
LONGEST_TOLD: Final = 4_000
LONGEST_LINE: Final = 200
LARGEST_LIMIT: Final = 100_000


class Sender(TextChoices):
    """Whose letter it is. It is the person's, and signed by them, unless the structure says it writes itself."""

    PERSON = "person", gettext_lazy("La personne : son nom et son adresse en haut, elle signe")
    ON_PAPER = (
        "on_paper",
        gettext_lazy("La personne, sur le papier de la structure : elle signe"),
    )
    STRUCTURE = "structure", gettext_lazy("La structure, en son propre nom : un aidant signe")


class SendWay(TextChoices):
    """How a letter left."""

    POST = "post", gettext_lazy("par la poste, en lettre simple")
    REGISTERED = "registered", gettext_lazy("en recommandé avec avis de réception")
    COUNTER = "counter", gettext_lazy("remise au guichet")
    ONLINE = "online", gettext_lazy("déposée dans un espace en ligne")
    EMAIL = "email", gettext_lazy("par courriel")


class CourrierKind(TextChoices):
    """How something reached the person."""

    LETTER = "letter", gettext_lazy("Une lettre")
    PORTAL = "portal", gettext_lazy("Un message dans un espace en ligne")
    EMAIL = "email", gettext_lazy("Un courriel")
    SMS = "sms", gettext_lazy("Un SMS")


class LimitUnit(TextChoices):
    """What an online form counts."""

    CHARACTERS = "characters", gettext_lazy("caractères, espaces compris")
    WORDS = "words", gettext_lazy("mots")


@dataclass(frozen=True)
class Field:
    """A place that a modèle leaves for a value. `live`: Tandem knows it; otherwise it is asked, never required."""

    label: str | Promise
    live: bool = False
    hint: str | Promise = ""
    long: bool = False


# The closed list: a modèle that names another field is refused when it is read.
FIELDS: Final[Mapping[str, Field]] = {
    "personne": Field(gettext_lazy("le nom de la personne"), live=True),
    "naissance": Field(gettext_lazy("la date de naissance"), live=True),
    "structure": Field(gettext_lazy("le nom de la structure"), live=True),
    "structure_adresse": Field(gettext_lazy("l’adresse de la structure"), live=True),
    "structure_telephone": Field(gettext_lazy("le téléphone de la structure"), live=True),
    "ville": Field(gettext_lazy("la ville"), live=True),
    "date": Field(gettext_lazy("la date du jour"), live=True),
    "aidant": Field(gettext_lazy("le nom de l’aidant"), live=True),
    "service": Field(gettext_lazy("le nom du service"), live=True),
    "reference": Field(
        gettext_lazy("la référence"),
        hint=gettext_lazy("Numéro de dossier, de client ou d’avis, comme il est écrit sur le courrier."),
    ),
    "decision_date": Field(
        gettext_lazy("la date de la décision ou de la facture"),
        hint=gettext_lazy("Par exemple : 3 octobre 2026."),
    ),
    "objet": Field(
        gettext_lazy("ce qui est demandé ou contesté"),
        hint=gettext_lazy("En quelques mots : « la prime d’activité », « le refus d’AAH »…"),
    ),
    "montant": Field(gettext_lazy("la somme"), hint=gettext_lazy("Par exemple : 430 €.")),
    "mensualite": Field(
        gettext_lazy("ce qui peut être payé chaque mois"),
        hint=gettext_lazy("Ce que la personne peut vraiment payer. Par exemple : 40 €."),
    ),
    "periode": Field(
        gettext_lazy("la période"), hint=gettext_lazy("Par exemple : de mars à juin 2026.")
    ),
    "logement": Field(gettext_lazy("l’adresse du logement")),
    "situation": Field(
        gettext_lazy("la situation, en quelques phrases"),
        hint=gettext_lazy("Avec les mots de la personne : « Je vis seule, je touche… »"),
        long=True,
    ),
    "motif": Field(
        gettext_lazy("les raisons, en quelques phrases"),
        hint=gettext_lazy("Ce qui s’est passé, dans l’ordre, avec les dates."),
        long=True,
    ),
    "documents": Field(
        gettext_lazy("les pièces jointes"), hint=gettext_lazy("Une par ligne."), long=True
    ),
}  # fmt: skip

_FIELD: Final = re.compile(r"\{([a-z_]+)\}")
# What stands where a value is missing; found again whatever spaces were put in it.
_MISSING: Final = re.compile(r"\[…\s+à\s+compléter(?:\s*:\s*([^\]\n]{0,200}))?\]")
_SIGNS: Final = re.compile(r" (?=[:;?!»€%](?:\s|[.,)]|$))|(?<=«) |(?<=n°) |(?<=\b[LRD]\.) ")


def fields_in(*texts: str) -> list[str]:
    """The fields that these texts name, once each, in the order they are met."""
    return list(dict.fromkeys(name for text in texts for name in _FIELD.findall(text)))


def to_complete(label: object) -> str:
    """What stands in the text where a value is missing: it can be seen, and blocks nothing."""
    return _("[… à compléter : %(what)s]") % {"what": label}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields replaced, once: what a value holds is never read as a field.

    Raises:
        KeyError: the text names a field that is not in the closed list.
    """

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        return values.get(name, "").strip() or to_complete(FIELDS[name].label)

    return _FIELD.sub(value_of, text)


def missing_in(*texts: str) -> list[str]:
    """What is still to be completed, in words; « une mention » when the text does not say which."""
    found = [match[1] for text in texts for match in _MISSING.finditer(text)]
    return list(dict.fromkeys((words or _("une mention")).strip() for words in found))


@dataclass(frozen=True)
class Run:
    """A stretch of a line; `missing`: it is still to be completed."""

    text: str
    missing: bool = False


def runs_of(line: str) -> tuple[Run, ...]:
    """A line cut where something is missing, so that it can be shown."""
    runs: list[Run] = []
    end = 0
    for match in _MISSING.finditer(line):
        runs += [Run(line[end : match.start()]), Run(match[0], missing=True)]
        end = match.end()
    runs.append(Run(line[end:]))
    return tuple(run for run in runs if run.text)


@dataclass(frozen=True)
class Block:
    """A paragraph (its lines) or a list (its items); each line as runs."""

    kind: str
    lines: tuple[tuple[Run, ...], ...]


def blocks_of(body: str) -> list[Block]:
    """The body as it is laid out: empty lines part paragraphs, a line that begins with a dash is an item."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", clean_text(body)):
        group: list[str] = []
        kind = ""
        for line in paragraph.split("\n"):
            item = re.match(r"\s*[-–•]\s+(.*)", line)
            now = "list" if item else "paragraph"
            if group and now != kind:
                blocks.append(_block(kind, group))
                group = []
            kind = now
            group.append(item[1] if item else line.strip())
        if any(group):
            blocks.append(_block(kind, group))
    return blocks


def _block(kind: str, lines: list[str]) -> Block:
    return Block(kind, tuple(runs_of(line) for line in lines if line))


def typeset(text: str) -> str:
    """The spaces that French puts before and inside signs do not break the line on paper either."""
    return _SIGNS.sub("\N{NO-BREAK SPACE}", text)


@dataclass(frozen=True)
class Count:
    """How long a text is, as online forms count it."""

    words: int
    characters: int

    def over(self, limit: int | None, unit: str) -> int:
        """By how much the limit is passed; 0: it holds, or there is none."""
        if limit is None:
            return 0
        return max(0, (self.words if unit == LimitUnit.WORDS else self.characters) - limit)


def count(text: str) -> Count:
    """Words parted by spaces, and characters with spaces; an end of line is one character."""
    clean = clean_text(text)
    return Count(words=len(clean.split()), characters=len(clean))


@dataclass(frozen=True)
class Content:
    """Everything that is printed of a letter, as it was saved. `letterhead`: the structure's, when it is its paper."""

    letterhead: str
    sender_lines: str
    recipient: str
    place_date: str
    subject: str
    body: str
    signature: str

    @classmethod
    def cleaned(cls, **texts: str) -> "Content":
        """The same without control or direction characters, one line where one line is meant."""
        one_line = {"place_date", "subject"}
        return cls(
            **{name: (clean_line if name in one_line else clean_text)(text) for name, text in texts.items()}
        )  # fmt: skip

    @property
    def recipient_name(self) -> str:
        """Whom it goes to: the first line, without the address."""
        return self.recipient.split("\n", 1)[0]

    @property
    def missing(self) -> list[str]:
        """What is still to be completed, anywhere in the letter."""
        return missing_in(
            self.letterhead, self.sender_lines, self.recipient, self.place_date, self.subject, self.body,
            self.signature,
        )  # fmt: skip
