"""The sheet the person takes home after a visit: one page, their name, no number (P-30).

The same content as a page and as a PDF; an easy version, and a few lines in their language when there is a text.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie, Etape
from tandem.accompagnements.rules import EtapeKind, NextMove
from tandem.documents.rules import (
    Document,
    Part,
    blank,
    entry,
    facts,
    heading,
    idea,
    items,
    notice,
    paragraph,
)
from tandem.echeances.rules import EcheanceState
from tandem.espaces.queries import Visit
from tandem.impression.rules import initials
from tandem.mandats.rules import Presence
from tandem.mandats.texts import Block
from tandem.structures.models import Acteur
from tandem.ui.rules import date_words, moment_words

TEXTS: Final = Path(__file__).resolve().parent / "textes" / "feuille.toml"
STANDARD: Final = "fr"
FACILE: Final = "facile"


@dataclass(frozen=True)
class Sentences:
    """The fixed sentences of the sheet in one language."""

    code: str
    name: str
    direction: str
    intro: str
    done: str
    next: str
    nothing: str
    declaration: str
    late: str
    # How a day is written: `{d}`, `{m}`, `{y}`; the months as they stand in it.
    day: str
    months: tuple[str, ...]
    bring: str
    call: str
    stop: str

    def day_words(self, day: date) -> str:
        """A day as this language writes it."""
        return self.day.format(d=day.day, m=self.months[day.month - 1], y=day.year)


@cache
def languages() -> dict[str, Sentences]:
    """The languages that have a text, in the order of the file."""
    found = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    return {
        code: Sentences(code=code, **{"direction": "ltr", **said, "months": tuple(said["months"])})
        for code, said in found.items()
        if isinstance(said, dict)
    }


def visit_sheet(visit: Visit, *, acteur: Acteur, version: str, at: datetime) -> Document:
    """The sheet of the day. `version`: `fr`, `facile`, or the code of one of `languages()`."""
    usager = visit.usager
    structure = usager.structure
    said = languages().get(version)
    easy = version == FACILE
    day = date_words(usager.local_date(at))
    parts: list[Part] = [
        *_also(said, "intro"),
        paragraph(
            _("%(person)s, cette feuille est pour vous. Gardez-la.")
            % {"person": usager.display_name}
        ),
        *_title(_("Ce qui a été fait aujourd’hui"), said, "done"),
        *_done(visit, easy=easy),
        *_title(_("Ce qui va se passer"), said, "next"),
        *_next(visit, said, easy=easy),
        *_bring(visit, said, easy=easy),
        *_title(_("Qui appeler"), said, "call"),
        facts(
            [
                (_("Votre aidant"), _aidant(acteur)),
                (_("Téléphone"), structure.phone),
                (_("Adresse"), f"{structure.address}, {structure.postcode} {structure.city}"),
            ]
        ),
        *_stop(visit, said),
    ]
    return Document(
        kind="feuille",
        title=_("Ma feuille du %(day)s") % {"day": day},
        parts=tuple(parts),
        structure=structure.name,
        address=f"{structure.address}, {structure.postcode} {structure.city}",
        phone=structure.phone,
        at=at,
        initials=initials(usager.given_names, usager.family_name),
        large=True,
    )


def _aidant(acteur: Acteur) -> str:
    name = acteur.compte.full_name if acteur.compte else ""
    return f"{name}, {acteur.structure.name}" if acteur.structure else name


def _also(said: Sentences | None, key: str) -> list[Part]:
    """The sentence in the language of the person, when there is one."""
    return [] if said is None else [_in(said, str(getattr(said, key)))]


def _in(said: Sentences, words: str) -> Part:
    block = Block("paragraph", words)
    return Part("text", blocks=(block,), language=said.code, direction=said.direction)


def _title(words: str, said: Sentences | None, key: str) -> list[Part]:
    return [heading(words), *_also(said, key)]


def _line(words: str, pictogram: str, *, easy: bool) -> Part:
    return idea(words, pictogram) if easy else items([words])[0]


def _done(visit: Visit, *, easy: bool) -> list[Part]:
    zone = visit.usager.structure.zone
    rows = [
        entry(_("Vous avez signé un mandat."), [_("Vous pouvez l’arrêter quand vous voulez.")])
        for _mandat in visit.signed
    ]
    rows += [_line(_step_words(etape), "fait", easy=easy) for etape in visit.etapes]
    for usage, scope in visit.usages:
        details = [
            _("Le %(when)s, %(how)s.")
            % {
                "when": moment_words(usage.used_at.astimezone(zone)),
                "how": _how()[Presence(usage.presence)],
            },
            _("Service : %(name)s.") % {"name": usage.service_declared}
            if usage.service_declared
            else "",
        ]
        title = _("Connexion pour vous : %(what)s") % {"what": scope.title}
        rows.append(entry(title, details, scope.pictogram))
    rows += [
        _line(_("Compte vu ensemble : %(name)s.") % {"name": row.name}, "cadenas", easy=easy)
        for row in visit.acces
    ]
    return rows or [blank(_("Ce que nous avons fait :"))]


def _how() -> dict[Presence, str]:
    """Where they were, said to them."""
    return {
        Presence.PRESENCE: _("avec vous"),
        Presence.TELEPHONE: _("avec vous au téléphone"),
        Presence.ABSENCE: _("en votre absence"),
    }


def _step_words(etape: Etape) -> str:
    """What was done, said to the person; what an aidant noted for colleagues stays with them."""
    words = {
        EtapeKind.OPENED: _("Nous commençons : %(name)s."),
        EtapeKind.MET: _("Nous en avons parlé ensemble : %(name)s."),
        EtapeKind.CALLED: _("Un appel a été passé : %(name)s."),
        EtapeKind.SENT: _("Quelque chose a été envoyé : %(name)s."),
        EtapeKind.RECEIVED: _("Une réponse est arrivée : %(name)s."),
        EtapeKind.DECIDED: _("Le service a décidé : %(name)s."),
        EtapeKind.ASKED: _("Le service demande quelque chose : %(name)s."),
        EtapeKind.NOTED: _("Nous avons fait le point : %(name)s."),
        EtapeKind.HANDED: _("Un autre aidant s’en occupe : %(name)s."),
        EtapeKind.FILED: _("Votre demande est partie : %(name)s."),
        EtapeKind.CLOSED: _("C’est terminé : %(name)s."),
        EtapeKind.REOPENED: _("Nous reprenons : %(name)s."),
    }[EtapeKind(etape.kind)]
    return words % {"name": etape.demarche_suivie.name}


def _next(visit: Visit, said: Sentences | None, *, easy: bool) -> list[Part]:
    mine = [row for row in visit.demarches if row.next_move == NextMove.PERSON]
    soon = [row for row in visit.declarations if row.state is not EcheanceState.LATER]
    rows: list[Part] = []
    if not mine and not visit.pieces and not soon:
        rows += [*_also(said, "nothing"), _nothing(easy=easy)]
    rows += _declarations(visit, said, easy=easy)
    rows += [_line(_move_words(row), "fleche", easy=easy) for row in visit.demarches]
    rows += [
        _line(
            _("Le %(day)s : %(what)s.")
            % {
                "day": date_words(shown.echeance.due_on),
                "what": _date_words(shown.words.title, shown.demarche_name),
            },
            "calendrier",
            easy=easy,
        )
        for shown in visit.dates
    ]
    # What the desk adds by hand: one line, so that the sheet stays one page.
    return [
        *rows,
        blank(
            _("Prochain rendez-vous :")
            if visit.pieces
            else _("Prochain rendez-vous, et ce qu’il faut apporter :")
        ),
    ]


def _declarations(visit: Visit, said: Sentences | None, *, easy: bool) -> list[Part]:
    """The declarations that come back, by when: what costs a right when it is forgotten, first."""
    rows: list[Part] = []
    for shown in visit.declarations:
        day = shown.echeance.due_on
        late = shown.state is EcheanceState.LATE
        words = (
            _(
                "Votre déclaration « %(name)s » était à faire avant le %(day)s. Venez vite nous voir."
            )
            if late
            else _("Votre prochaine déclaration « %(name)s » est à faire avant le %(day)s.")
        )
        if said is not None:
            told = said.late if late else said.declaration.format(day=said.day_words(day))
            rows.append(_in(said, told))
        name = shown.demarche_name or shown.words.title
        line = words % {"name": name, "day": date_words(day)}
        rows.append(_line(line, "calendrier", easy=easy))
    return rows


def _nothing(*, easy: bool) -> Part:
    words = _("Rien à faire pour vous maintenant.")
    return idea(words, "fait") if easy else notice(words)


def _date_words(title: str, demarche: str) -> str:
    return f"{title[:1].lower()}{title[1:]}" + (f" ({demarche})" if demarche else "")


def _move_words(row: DemarcheSuivie) -> str:
    if row.next_move == NextMove.PERSON:
        what = row.asked or _("revenez nous voir")
        if row.asked_by_on is None:
            return _("À vous, pour « %(name)s » : %(what)s.") % {"name": row.name, "what": what}
        return _("À vous, avant le %(day)s, pour « %(name)s » : %(what)s.") % {
            "name": row.name, "what": what, "day": date_words(row.asked_by_on),
        }  # fmt: skip
    if row.next_move == NextMove.AIDANT:
        return _("Nous nous occupons de « %(name)s ».") % {"name": row.name}
    service = row.service or _("le service")
    return _("On attend la réponse pour « %(name)s » : %(service)s.") % {
        "name": row.name, "service": service,
    }  # fmt: skip


def _bring(visit: Visit, said: Sentences | None, *, easy: bool) -> list[Part]:
    title = _title(_("À apporter la prochaine fois"), said, "bring") if visit.pieces else []
    return [*title, *(_line(piece.label, "document", easy=easy) for piece in visit.pieces)]


def _stop(visit: Visit, said: Sentences | None) -> list[Part]:
    if not visit.live:
        return []
    return [
        heading(_("Pour tout arrêter")),
        *_also(said, "stop"),
        paragraph(
            _(
                "Appelez ou venez, et dites-le : tout s’arrête aussitôt. Vous n’avez pas à dire pourquoi."
            )
        ),
    ]
