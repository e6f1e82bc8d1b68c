"""The words of a snapshot: dates where the structure is, names, lines. Pure, from the statement alone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tandem.impression.rules import initials
from tandem.mandats import snapshot, texts
from tandem.mandats.actions.refused import MandatRefused
from tandem.mandats.models import Mandat
from tandem.mandats.rules import ConsentMethod, Hand, Keeper, Presence, Reader
from tandem.referentiels.rules import FRESH_CONFIRMATION_THEMES
from tandem.ui.rules import date_words, last_day, moment_words
from tandem.usagers.rules import ChannelKind, Holder, Rung


class DocumentGone(MandatRefused):
    """The person was erased: the seal stays, the words are gone (P-22)."""

    status = 404
    code = "document_gone"


class Statement:
    """What a mandat states, read back from its seal."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.zone = ZoneInfo(content["timezone"])

    @classmethod
    def of(cls, mandat: Mandat) -> Self:
        """The statement of a mandat.

        Raises:
            DocumentGone: the person was erased.
            SnapshotError: the row was changed since it was sealed.
        """
        if not mandat.snapshot:
            raise DocumentGone(
                _("Les données de cette personne ont été effacées. Il ne reste que le sceau.")
            )
        return cls(snapshot.read(mandat.snapshot, seal=mandat.seal))

    def __getitem__(self, key: str) -> Any:
        return self.content[key]

    # Instants

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def moment(self, at: datetime) -> str:
        """« 12 mars 2027 à 14 h 05 », where the structure is."""
        return moment_words(self.local(at))

    @property
    def signed_at(self) -> datetime:
        return datetime.fromisoformat(self["signed_at"])

    @property
    def end_day(self) -> str:
        """The last day of the mandat, whole."""
        return date_words(last_day(self.local(datetime.fromisoformat(self["ends_at"]))))

    # People

    @property
    def person(self) -> str:
        """First given name and the name the person uses."""
        who = self["usager"]
        return f"{who['given_names'].split(' ')[0]} {who['preferred_name'] or who['family_name']}".strip()

    @property
    def initials(self) -> str:
        return initials(self["usager"]["given_names"], self["usager"]["family_name"])

    @property
    def born(self) -> str:
        """« 12 mars 1946 à Villeurbanne », « mars 1946 », « 1946 »: a presumed date keeps its zeros hidden."""
        who = self["usager"]
        place = who["birthplace_name"]
        day = birth_words(who["birthdate"])
        return _("%(day)s, à %(place)s") % {"day": day, "place": place} if place and day else day

    @property
    def structure(self) -> str:
        return str(self["structure"]["name"])

    @property
    def address(self) -> str:
        where = self["structure"]
        return f"{where['address']}, {where['postcode']} {where['city']}"

    @property
    def phone(self) -> str:
        return str(self["structure"]["phone"])

    @property
    def aidant(self) -> str:
        return str(self["aidants"]["signed_by"])

    @property
    def who_may_act(self) -> str:
        team = self["aidants"]
        if team["team"]:
            return _("Tous les aidants habilités de la structure")
        return ", ".join(team["named"])

    # Lines

    def title_of(self, scope: str) -> str:
        """A line in the words that were shown at signature."""
        return next(str(line["title"]) for line in self["lines"] if line["scope"] == scope)

    def examples(self, line: Mapping[str, Any]) -> str:
        if not line["examples"]:
            return ""
        return _("Par exemple : %(examples)s.") % {"examples": ", ".join(line["examples"])}

    def ways(self, line: Mapping[str, Any]) -> str:
        words = _("Possible : %(ways)s.") % {"ways": ", ".join(line["presence_labels"])}
        if line["theme"] in FRESH_CONFIRMATION_THEMES:
            words += " " + _("La personne confirme à chaque fois.")
        return words

    # How it was agreed

    @property
    def identity(self) -> str:
        rung = str(Rung(self["identity"]["rung"]).label)
        day = date_words(
            self.local(datetime.fromisoformat(self["identity"]["established_at"])).date()
        )
        words = _("%(rung)s, le %(day)s") % {"rung": rung, "day": day}
        if not (piece := self["identity"].get("piece", "")):
            return words
        seen = {"piece": piece, "who": self["identity"]["piece_seen_by"]}
        day = date_words(date.fromisoformat(self["identity"]["piece_seen_on"]))
        return _("%(piece)s, vue le %(day)s par %(who)s") % {**seen, "day": day}

    @property
    def paper(self) -> Mapping[str, Any]:
        """What was noted of the sheet signed by hand; empty on the other roads."""
        found: Mapping[str, Any] = self["consent"].get("paper", {})
        return found

    @property
    def by_hand(self) -> list[tuple[str, str]]:
        """How the sheet was signed, before whom, and where the original is (P-35, P-44)."""
        paper = self.paper
        if not paper:
            return []
        witness = {"name": paper["witness"], "quality": paper["witness_quality"]}
        return [
            (_("Signature"), str(Hand(paper["hand"]).label)),
            (_("Témoin"), _("%(name)s, %(quality)s") % witness if paper["witness"] else ""),
            (_("Original gardé par"), str(Keeper(paper["kept_by"]).label)),
            (_("Repère de la feuille"), paper["mark"]),
            (
                _("Signée sans l’aidant"),
                _two_or_a_day(paper["noted_by"], self.aidant) if paper["absent"] else "",
            ),
        ]

    @property
    def consent(self) -> str:
        method = str(ConsentMethod(self["consent"]["method"]).label)
        if self.paper:
            when = date_words(date.fromisoformat(self.paper["signed_on"]))
        else:
            when = self.moment(datetime.fromisoformat(self["consent"]["given_at"]))
        return _("%(method)s, le %(when)s") % {"method": method, "when": when}

    @property
    def reader(self) -> str:
        label = str(Reader(self["text"]["reader"]).label)
        name = self["text"]["interpreter"]
        return f"{label} ({name})" if name else label

    @property
    def text_read(self) -> texts.Text:
        return texts.text(self["text"]["version"], self["text"]["name"])

    @property
    def text_signed(self) -> texts.Text:
        return texts.text(self["text"]["version"], texts.SIGNED)

    @property
    def channel(self) -> str:
        channel = self["channel"]
        if channel["kind"] not in ChannelKind.values:
            return _("Sur papier, à chaque visite")
        kind, holder = str(ChannelKind(channel["kind"]).label), str(Holder(channel["holder"]).label)
        words = {"kind": kind, "hint": channel["hint"], "holder": holder}
        return _("Par %(kind)s, %(hint)s ; qui le lit : %(holder)s") % words


def _two_or_a_day(noted: str, confirmed: str) -> str:
    """Two aidants answer for a sheet signed elsewhere; one alone, a day later (S-20)."""
    if noted == confirmed:
        return _("notée par %(noted)s, seul, et confirmée au moins un jour après") % {
            "noted": noted
        }
    names = {"noted": noted, "confirmed": confirmed}
    return _("notée par %(noted)s, confirmée par %(confirmed)s") % names


def birth_words(text: str) -> str:
    """A birthdate of the civil registry in words; days or months unknown are written 00."""
    year, month, day = (*text.split("-"), "", "")[:3]
    if not year.isdigit():
        return ""
    if month in {"", "00"}:
        return _("en %(year)s") % {"year": year}
    words = date_words(date(int(year), int(month), 1 if day in {"", "00"} else int(day)))
    if day in {"", "00"}:
        return _("en %(month)s") % {"month": words.split("\N{NO-BREAK SPACE}", 1)[1]}
    return words


def presence_words(presence: str) -> str:
    return str(Presence(presence).label)
