"""Choices and pure rules of usagers: no database, no clock, no request."""

import calendar
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.comptes.rules import mobile_number
from tandem.kernel.text import normalise_name
from tandem.ui.rules import date_words

CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
# A channel confirms no act before: whoever inscribes a number for the occasion waits, and is seen (P-14, S-20).
CHANNEL_SETTLES: Final = timedelta(hours=24)
# More than this in a day becomes one digest the next morning (S-31; RGESN 4.13).
MESSAGES_A_DAY: Final = 5
SEARCH_RESULTS: Final = 20
# As one types, a pause of half a second sends the words: nobody honest reaches these.
SEARCHES_A_MINUTE: Final = 60
SEARCHES_AN_HOUR: Final = 600
SEARCH_LETTERS: Final = 3
# Longer prefixes would find nothing more; names are cut there on both sides.
PREFIX_LETTERS: Final = 12
KNOWN_DAYS: Final = timedelta(days=31)


class Rung(TextChoices):
    """How sure we are of who the person is (the policy table is RUNG_ALLOWS)."""

    FRANCECONNECT = "franceconnect", gettext_lazy("identité vérifiée par FranceConnect")
    PIECE_VUE = "piece_vue", gettext_lazy("pièce d’identité vue")
    CONNU = "connu", gettext_lazy("personne connue de la structure")
    DECLARE = "declare", gettext_lazy("identité dite par la personne")
    # Nobody: someone of a sandbox, where aidants practise.
    FICTIF = "fictif", gettext_lazy("personne fictive, pour s’entraîner")


class Capability(StrEnum):
    """What may be done for someone whose identity is that sure."""

    RELEASE = "release"  # give the identity to an administration through FranceConnect
    PAPER = "paper"  # démarches on paper, or with a private body
    FOLLOW_UP = "follow_up"
    LETTERS = "letters"
    BESIDE = "beside"  # help while the person types


RUNG_ALLOWS: Final[dict[Rung, frozenset[Capability]]] = {
    Rung.FRANCECONNECT: frozenset(Capability),
    Rung.PIECE_VUE: frozenset(Capability) - {Capability.RELEASE},
    Rung.CONNU: frozenset({Capability.FOLLOW_UP, Capability.LETTERS, Capability.BESIDE}),
    Rung.DECLARE: frozenset({Capability.BESIDE}),
    Rung.FICTIF: frozenset(Capability) - {Capability.RELEASE},
}


class Piece(TextChoices):
    """Original documents that show an identity; only the kind and the day are kept, never a copy (P-32)."""

    CARTE = "carte_identite", gettext_lazy("carte nationale d’identité")
    PASSEPORT = "passeport", gettext_lazy("passeport")
    SEJOUR = "titre_sejour", gettext_lazy("titre de séjour")
    PERMIS = "permis_conduire", gettext_lazy("permis de conduire")
    LIVRET = "livret_famille", gettext_lazy("livret de famille ou acte de naissance")


class Protected(TextChoices):
    """What was answered when asked whether someone else decides for the person (P-33, P-34)."""

    NOT_ASKED = "not_asked", gettext_lazy("pas encore demandé")
    NONE = "none", gettext_lazy("majeure, sans mesure de protection")
    MINOR = "minor", gettext_lazy("mineure")
    PROTECTION = "protection", gettext_lazy("tutelle, curatelle ou autre mesure de protection")


class FreezeReason(TextChoices):
    """Why nothing may be done in the person's name for now. Death is recorded apart: it does not thaw."""

    PROTECTION = "protection", gettext_lazy("une mesure de protection est annoncée")
    DOUBT = "doubt", gettext_lazy("la personne décide peut-être sous pression")
    DISPUTE = "dispute", gettext_lazy("la personne conteste un acte")


class ChannelKind(TextChoices):
    EMAIL = "email", gettext_lazy("courriel")
    SMS = "sms", gettext_lazy("SMS")


class Holder(TextChoices):
    """Who reads what is sent there (P-14)."""

    PERSON = "person", gettext_lazy("la personne, et elle seule")
    RELATIVE = "relative", gettext_lazy("un proche")
    AIDANT = "aidant", gettext_lazy("un aidant, ou une adresse créée par un aidant")
    ORGANISATION = "organisation", gettext_lazy("un foyer, une association ou un service")
    UNKNOWN = "unknown", gettext_lazy("on ne sait pas")


class Weakness(TextChoices):
    """Why a channel carries neither notices nor codes, in the order in which it is told (P-14)."""

    AIDANT = "aidant", gettext_lazy("c’est l’adresse ou le numéro d’un aidant")
    SHARED = "shared", gettext_lazy("il sert aussi à une autre personne")
    HOLDER = "holder", gettext_lazy("quelqu’un d’autre le lit")
    DISCREET = "discreet", gettext_lazy("rien n’y est envoyé, par discrétion")
    FAILED = "failed", gettext_lazy("le dernier message n’est pas arrivé")
    UNPROVEN = "unproven", gettext_lazy("pas encore vérifié avec la personne")


class NoticeState(TextChoices):
    """What became of something to tell the person."""

    SENT = "sent", gettext_lazy("envoyé")
    DIGEST = "digest", gettext_lazy("attend le résumé du lendemain")
    PAPER = "paper", gettext_lazy("à dire ou à remettre sur papier")
    TOLD = "told", gettext_lazy("dit à la personne")


def rung_allows(
    rung: str, capability: Capability, *, established_at: datetime, at: datetime
) -> bool:
    """Whether an identity that sure allows this; being known to the structure lasts 31 days."""
    if rung == Rung.CONNU and at >= established_at + KNOWN_DAYS:
        return capability in RUNG_ALLOWS[Rung.DECLARE]
    return capability in RUNG_ALLOWS[Rung(rung)]


_BIRTHDATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def majority_day(birthdate: str) -> date | None:
    """The first day of majority; None when the birthdate is not known.

    A presumed date (`1946-00-00`, `1946-05-00`) counts as the latest day it may be. Someone born on
    29 February comes of age on 1 March when the year has no 29 February.
    """
    found = _BIRTHDATE.fullmatch(birthdate)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    month = month or 12
    try:
        born = date(year, month, day or calendar.monthrange(year, month)[1])
        grown = born.year + 18
        if (born.month, born.day) == (2, 29) and not calendar.isleap(grown):
            return date(grown, 3, 1)
        return born.replace(year=grown)
    except ValueError:
        return None


def is_adult(birthdate: str, *, on: date) -> bool:
    """Whether the person is known to be of age that day, in the structure's time zone."""
    grown = majority_day(birthdate)
    return grown is not None and on >= grown


def use_refusal(
    *, died_known_at: datetime | None, frozen_at: datetime | None, erased_at: datetime | None
) -> str | None:
    """Why nothing may be done in the person's name now, in words anyone may read; None when it may.

    The reason of a freeze is never said: a relative may be reading (P-36).
    """
    if erased_at is not None:
        return _("Ce dossier a été effacé.")
    if died_known_at is not None:
        return _("Un décès est enregistré : plus personne ne peut agir en son nom.")
    if frozen_at is not None:
        return _("Le dossier est suspendu : plus personne ne peut agir pour le moment.")
    return None


def signing_refusal(*, protected: str, birthdate: str, on: date) -> str | None:
    """Why the person cannot sign a mandat alone (P-33, P-34); None when they can."""
    if protected == Protected.MINOR or (birthdate and not is_adult(birthdate, on=on)):
        return _("La personne est mineure : elle ne peut pas signer. Aidez-la à côté d’elle.")
    if not birthdate:
        return _("La date de naissance manque : on ne sait pas si la personne est majeure.")
    if protected == Protected.PROTECTION:
        return _("Une mesure de protection existe : voyez avec la personne qui la représente.")
    if protected == Protected.NOT_ASKED:
        return _("Demandez d’abord s’il existe une mesure de protection, comme une tutelle.")
    return None


def pivot_text(
    *,
    family_name: str,
    given_names: str,
    birthdate: str,
    gender: str,
    birthplace: str,
    birthcountry: str,
) -> str:
    """The civil identity as one text to be indexed; empty when it is not complete enough to name one person."""
    if not (family_name and given_names and _BIRTHDATE.fullmatch(birthdate) and birthcountry):
        return ""
    names = [normalise_name(family_name), normalise_name(given_names)]
    return "\x1f".join([*names, birthdate, gender, birthplace, birthcountry])


def name_prefixes(names: Iterable[str]) -> set[str]:
    """Every prefix of at least three letters of each part of the names, and of the parts joined.

    « Le Pennec » is found by « pen », « lep » or « le pen »; a part too short for a prefix (« Li ») is kept
    whole, marked by `=`, and only counts beside another word.
    """
    found: set[str] = set()
    for name in names:
        parts = normalise_name(name).split()
        for word in [*parts, "".join(parts)]:
            found |= {
                word[:end] for end in range(SEARCH_LETTERS, min(len(word), PREFIX_LETTERS) + 1)
            }
        found |= {f"={part}" for part in parts if len(part) < SEARCH_LETTERS}
    return found


def search_terms(q: str) -> tuple[list[str], list[str]]:
    """(long words as prefixes, short words as marked wholes); both empty when fewer than three letters (S-51).

    A word holding a digit finds nothing: no number is a key to a person.
    """
    words = [word for word in normalise_name(q).split() if not any(c.isdigit() for c in word)]
    if sum(len(word) for word in words) < SEARCH_LETTERS:
        return [], []
    long = sorted({word[:PREFIX_LETTERS] for word in words if len(word) >= SEARCH_LETTERS})
    short = sorted({f"={word}" for word in words if len(word) < SEARCH_LETTERS})
    return long, short


# The calling codes of France and of its overseas regions.
_CODES: Final = {33, 262, 508, 590, 594, 596, 681, 687, 689}


def clean_phone(value: str) -> str:
    """A mobile number of France or overseas as +33612345678; empty when it is not one.

    Landlines, special and foreign numbers cannot receive our SMS. A short overseas number may be of two
    territories: it is written with its code.
    """
    typed = value.strip()
    number = mobile_number(typed) if typed.startswith(("0", "+")) else None
    return number if number and phonenumbers.parse(number).country_code in _CODES else ""


def clean_email(value: str) -> str:
    """An address in lower case; empty when it is not one."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def is_civil_email(value: str) -> bool:
    """Whether FranceConnect takes this address as part of an identity (FI-12)."""
    return len(value) <= 254 and bool(clean_email(value)) and value == value.strip()


def release_warning(*, rung: str, email: str) -> str:
    """What to say, and to do, before anyone tries to connect for a person without an address; or nothing (FI-12)."""
    if rung != Rung.FRANCECONNECT or is_civil_email(email):
        return ""
    return _(
        "FranceConnect ne connaît pas d’adresse électronique à cette personne : il refuse toute connexion en son "
        "nom. Elle ajoute une adresse à son compte, celui des impôts par exemple, puis s’identifie de nouveau avec "
        "vous. En attendant, faites la démarche à côté d’elle, au téléphone ou sur papier."
    )


def clean_channel_value(kind: str, value: str) -> str:
    """The one spelling of an address or a number; empty when it cannot receive anything."""
    return clean_phone(value) if kind == ChannelKind.SMS else clean_email(value)


def wrong_value(kind: str) -> str:
    """What to do with a number or an address that cannot be used."""
    if kind == ChannelKind.SMS:
        return _("Ce numéro ne convient pas : il faut 10 chiffres, comme 06 12 34 56 78.")
    return _("Cette adresse ne semble pas complète : il faut une forme comme nom@exemple.fr.")


def phone_words(e164: str) -> str:
    """As a person reads it: 06 12 34 56 78."""
    return str(
        phonenumbers.format_number(
            phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.NATIONAL
        )
    )


_PURPOSE = re.compile(r"[a-z_]{2,20}(\.[a-z_]{2,20})?:[0-9a-f-]{32,36}")


def is_purpose(purpose: str) -> bool:
    """A word and an identifier: nothing personal can hide in it."""
    return _PURPOSE.fullmatch(purpose) is not None


def proof_purpose(channel: UUID) -> str:
    """What the code that proves a channel is bound to."""
    return f"channel.prove:{channel}"


def channel_act(verb: str, subject: UUID) -> str:
    """What the gesture that changes a channel is bound to: add (of an usager), end or discreet (of a channel)."""
    return f"channel.{verb}:{subject}"


# Whole words, without accents: what a relative, a bailiff or a colleague should not read over a shoulder.
_INDISCREET: Final = (
    (Path(__file__).parent / "textes/mots-indiscrets.txt").read_text().split("\n")[:-1]
)
_AMOUNT = re.compile(r"\d[\d\s.,]*\s*(?:€|euros?\b)", re.IGNORECASE)


def indiscreet_words(text: str) -> list[str]:
    """What a message to a person may not hold: a démarche, a kind of organisation, an amount (S-31)."""
    folded = f" {normalise_name(text)} "
    found = [word for word in _INDISCREET if f" {word} " in folded]
    return [*found, "montant"] if _AMOUNT.search(text) else found


_SMS_ALPHABET: Final = str.maketrans("’–\u00a0\u202f", "'-  ")


def sms_text(text: str) -> str:
    """Apostrophes, dashes and spaces of the SMS alphabet: one message instead of three."""
    return text.translate(_SMS_ALPHABET)


def mailbox(address: str) -> str:
    """The mailbox behind an address: alice+rose@x.fr is read by whoever reads alice@x.fr."""
    local, _at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def channel_key(kind: str, value: str) -> str:
    """What two channels read by the same person have in common."""
    return f"{kind}:{mailbox(value) if kind == ChannelKind.EMAIL else value}"


def channel_weakness(
    *, holder: str, proven: bool, failed: bool, discreet: bool, shared: bool, of_a_compte: bool
) -> Weakness | None:
    """Why a channel carries nothing; None when it is the person's own, proven, and theirs alone."""
    reasons = (
        (of_a_compte, Weakness.AIDANT),
        (shared, Weakness.SHARED),
        (holder != Holder.PERSON, Weakness.HOLDER),
        (discreet, Weakness.DISCREET),
        (failed, Weakness.FAILED),
        (not proven, Weakness.UNPROVEN),
    )
    return next((weakness for found, weakness in reasons if found), None)


def birthdate_words(birthdate: str) -> str:
    """« 12 mars 1946 », « mars 1946 » or « 1946 » when the rest is presumed; empty when unknown."""
    found = _BIRTHDATE.fullmatch(birthdate)
    if found is None:
        return ""
    year, month, day = (int(part) for part in found.groups())
    try:
        words = date_words(date(year, month or 1, day or 2))
    except ValueError:
        return ""
    if not month:
        return str(year)
    return words if day else words.replace("\u00a0", " ").split(" ", 1)[1]
