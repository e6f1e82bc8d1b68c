"""The file of one person, and every line of the journal about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.queries import demarches_of, open_besoins
from tandem.comptes.models import Compte
from tandem.courriers.queries import PersonPost, courriers_of, lettres_of
from tandem.declarations.queries import (
    PersonDeclarations,
    declared_for,
    person_declarations,
    started_for,
)
from tandem.echeances.models import Echeance
from tandem.echeances.queries import Shown, echeances_visible_to, nearest, today_of
from tandem.espaces.queries.acting import bare, shape_of, stand_in, values_of
from tandem.espaces.rules import Presence
from tandem.journal.models import Entry
from tandem.journal.queries import entries_about
from tandem.kernel.gather import Gathering
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries import mandats_visible_to, usages_visible_to
from tandem.mandats.rules import State
from tandem.notes.models import Note
from tandem.notes.queries import facts_on, notes_visible_to
from tandem.rapprochements.models import Rapprochement
from tandem.rapprochements.queries import Double, as_doubles, files_alike, files_of, standing_of
from tandem.rapprochements.rules import is_dated
from tandem.referentiels.queries import ScopeDescription, describe_scopes
from tandem.structures.models import Acteur
from tandem.usagers import rules as usagers_rules
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.queries import (
    channels_of,
    is_seen_by,
    to_tell_on_paper,
    usager_visible_to,
)

USES_SHOWN = 20
MANDATS_SHOWN = 20
FOLLOWED_SHOWN = 10
WRITTEN_SHOWN = 3
# What stands for any identity of FranceConnect, for any day of birth, where only having one counts.
_SOME_SUB: Final = "sub"
_SOME_DAY: Final = "1900-01-01"


def found_beside(people: list[Usager], *, presence: Presence) -> list[Usager]:
    """Of the people found, those whose name may be on the screen (P-28).

    Beside a person we know, that person alone. Beside someone unnamed, one name may be theirs, two
    are one too many.
    """
    if presence.usager is None:
        return [] if presence.is_on and len(people) > 1 else people
    return [person for person in people if not presence.hides(person.public_id)]


@dataclass(frozen=True)
class MandatShown:
    """One mandat on the person's page, in the words shown at signature."""

    mandat: Mandat
    state: State
    lines: list[ScopeDescription]


@dataclass(frozen=True)
class UseShown:
    """One use: who, when, for what, at which service, beside the person or not."""

    usage: Usage
    scope: ScopeDescription


@dataclass(frozen=True)
class PersonPage:
    """Everything the person's page shows."""

    usager: Usager
    stop: str | None
    besoins: list[Besoin]
    demarches: list[DemarcheSuivie]
    dates: list[Shown]
    declarations: PersonDeclarations
    facts: list[Note]
    post: PersonPost
    channels: list[Channel]
    mandats: list[MandatShown]
    uses: list[UseShown]
    to_tell: list[Notice]
    has_more_uses: bool
    doubles: list[Double]
    merges: list[Rapprochement]

    @property
    def live(self) -> list[MandatShown]:
        return [shown for shown in self.mandats if shown.state is not State.ENDED]

    @property
    def ended(self) -> list[MandatShown]:
        return [shown for shown in self.mandats if shown.state is State.ENDED]


def person_page(acteur: Acteur, public_id: UUID, *, at: datetime) -> PersonPage:
    """The file of one person, in a fixed number of queries at any size.

    Raises:
        UsagerUnknown: not visible to this acteur, whatever the reason.
    """
    usager = usager_visible_to(acteur, public_id)
    found = _found(acteur, usager, at)
    usages = found["usages"]
    words = _words({line.scope for line in found["lines"]}, usages)
    return PersonPage(
        usager=usager,
        stop=usagers_rules.use_refusal(
            died_known_at=usager.died_known_at, frozen_at=usager.frozen_at, erased_at=None
        ),
        besoins=found["besoins"],
        demarches=found["demarches"],
        dates=nearest(
            [_dates(usager, found["own"]), _dates(usager, found["followed"])],
            today=today_of(acteur, at),
        )[:FOLLOWED_SHOWN],
        declarations=person_declarations(found["started"], found["declared"]),
        facts=found["facts"],
        post=PersonPost(lettres=found["lettres"], courriers=found["courriers"]),
        channels=found["channels"],
        mandats=[
            MandatShown(
                m,
                m.state(at=at),
                [words[line.scope] for line in found["lines"] if line.mandat_id == m.pk],
            )
            for m in found["mandats"]
        ],
        uses=[UseShown(usage, words[usage.autorisation.scope]) for usage in usages[:USES_SHOWN]],
        to_tell=found["to_tell"],
        has_more_uses=len(usages) > USES_SHOWN,
        doubles=as_doubles(usager, found["alike"]),
        merges=found["merges"],
    )


def _found(acteur: Acteur, usager: Usager, at: datetime) -> dict[str, list[Any]]:
    """Every list of the page, for this acteur and this person."""
    values = {
        **values_of(acteur),
        "at": at,
        "usager": usager.pk,
        "identity": usager.identity_index,
    }
    shape = {"dated": is_dated(usager.birthdate), "has_sub": bool(usager.sub_index)}
    return _LISTS.fetch(values, **shape_of(acteur), **shape)


def _lists(
    now: Mapping[str, Any], *, dated: bool, has_sub: bool, **shape: Any
) -> dict[str, QuerySet[Any, Any]]:
    """No more columns than what is shown; each list asks again what the acteur sees."""
    acteur = stand_in(now, **shape)
    person = Usager(
        pk=now["usager"],
        identity_index=now["identity"],
        sub_index=_SOME_SUB if has_sub else "",
        birthdate=_SOME_DAY if dated else "",
    )
    return {
        **_allowed(acteur, person),
        **_going_on(acteur, person),
        **_written(acteur, person, now["at"]),
        "channels": bare(channels_of(person)),
        "to_tell": to_tell_on_paper(person),
        "alike": bare(files_alike(acteur, person)),
        "merges": bare(
            Rapprochement.objects.none() if acteur.beside else standing_of(acteur, person),
            "merged",
            "made_by__compte",
        )[:FOLLOWED_SHOWN],
    }


def _allowed(acteur: Acteur, person: Usager) -> dict[str, QuerySet[Any, Any]]:
    mandats = mandats_visible_to(acteur).filter(usager=person)
    usages = usages_visible_to(acteur).filter(autorisation__usager=person)
    lines = Autorisation.objects.filter(
        is_seen_by(acteur, "mandat__usager"),
        mandat__structure=acteur.structure,
        mandat__usager=person,
    )
    return {
        "mandats": bare(mandats, "signed_by__compte")[:MANDATS_SHOWN],
        "lines": lines.order_by("pk"),
        "usages": bare(usages, "autorisation", "affectation__compte")[: USES_SHOWN + 1],
    }


def _going_on(acteur: Acteur, person: Usager) -> dict[str, QuerySet[Any, Any]]:
    """The two ways from a date to the person are asked apart: each has its index."""
    dates = bare(echeances_visible_to(acteur).open(), "demarche_suivie__demarche")
    demarches = demarches_of(acteur, person).filter(closed_at=None)
    return {
        "besoins": bare(open_besoins(acteur).filter(usager=person))[:FOLLOWED_SHOWN],
        "demarches": bare(demarches, "demarche", "held_by__compte")[:FOLLOWED_SHOWN],
        "own": dates.filter(usager=person)[:FOLLOWED_SHOWN],
        "followed": dates.filter(demarche_suivie__usager=person)[:FOLLOWED_SHOWN],
        "started": bare(started_for(acteur, person), "demarche_suivie__demarche"),
        "declared": bare(declared_for(acteur, person), "demarche"),
    }


def _written(acteur: Acteur, person: Usager, at: datetime) -> dict[str, QuerySet[Any, Any]]:
    return {
        "facts": facts_on(acteur, person, at=at)[:WRITTEN_SHOWN],
        "lettres": bare(lettres_of(acteur, person), "lettre")[:WRITTEN_SHOWN],
        "courriers": bare(courriers_of(acteur, person))[:WRITTEN_SHOWN],
    }


def _dates(usager: Usager, rows: list[Echeance]) -> list[Echeance]:
    """Each says whose it is, without asking."""
    for row in rows:
        if row.demarche_suivie is not None:
            row.demarche_suivie.usager = usager
        else:
            row.usager = usager
    return rows


def _words(scopes: set[str], usages: list[Usage]) -> dict[str, ScopeDescription]:
    wanted = sorted(scopes | {usage.autorisation.scope for usage in usages})
    return {found.scope: found for found in describe_scopes(wanted)}


_LISTS: Final = Gathering(_lists)


@dataclass(frozen=True)
class LineShown:
    """One line of the journal about a person, as they may read it."""

    entry: Entry
    author: str


def lines_about(entries: list[Entry]) -> list[LineShown]:
    """Lines of the journal with the name of who wrote them, in one query."""
    ids = {entry.author_id for entry in entries if entry.author_id is not None}
    names = {c.public_id: c.full_name for c in Compte.objects.filter(public_id__in=ids)}
    return [
        LineShown(entry, names.get(entry.author_id, "") if entry.author_id else "")
        for entry in entries
    ]


def journal_about(
    acteur: Acteur, public_id: UUID, *, at: datetime
) -> tuple[Usager, QuerySet[Entry]]:
    """The person, and every line of the journal about them, the latest first (P-11).

    A note that the acteur may not read has no line here: whoever counts notes would find that a secret exists (P-16).

    Raises:
        UsagerUnknown: not visible to this acteur.
    """
    usager = usager_visible_to(acteur, public_id)
    files = [file.public_id for file in files_of(usager)]
    read = Q(subject_id__in=notes_visible_to(acteur, at=at).values("public_id"))
    own = Q(author_id=None if acteur.compte is None else acteur.compte.public_id)
    rows = entries_about(*files).filter(~Q(subject_label="note") | own | read)
    return usager, rows.order_by("-at", "-pk")
