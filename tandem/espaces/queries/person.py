"""The file of one person, and every line of the journal about them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.queries import demarches_of, open_besoins
from tandem.comptes.models import Compte
from tandem.courriers.queries import PersonPost, post_of
from tandem.declarations.queries import PersonDeclarations, declarations_for_person
from tandem.echeances.queries import Shown, echeances_of
from tandem.espaces.rules import Presence
from tandem.journal.models import Entry
from tandem.journal.queries import entries_about
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries import mandats_visible_to, usages_visible_to
from tandem.mandats.rules import State
from tandem.notes.models import Note
from tandem.notes.queries import latest_facts, notes_visible_to
from tandem.rapprochements.models import Rapprochement
from tandem.rapprochements.queries import Double, doubles_of, files_of, standing_of
from tandem.referentiels.queries import ScopeDescription, describe_scopes
from tandem.structures.models import Acteur
from tandem.usagers import rules as usagers_rules
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.queries import channels_of, to_tell_on_paper, usager_visible_to

USES_SHOWN = 20
MANDATS_SHOWN = 20
FOLLOWED_SHOWN = 10


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
    mandats = list(
        mandats_visible_to(acteur)
        .filter(usager=usager)
        .prefetch_related(Prefetch("autorisations", Autorisation.objects.order_by("pk")))[
            :MANDATS_SHOWN
        ]
    )
    usages = list(usages_visible_to(acteur).filter(autorisation__usager=usager)[: USES_SHOWN + 1])
    words = _words({line.scope for m in mandats for line in m.autorisations.all()}, usages)
    return PersonPage(
        usager=usager,
        stop=usagers_rules.use_refusal(
            died_known_at=usager.died_known_at, frozen_at=usager.frozen_at, erased_at=None
        ),
        besoins=list(open_besoins(acteur).filter(usager=usager)[:FOLLOWED_SHOWN]),
        demarches=list(demarches_of(acteur, usager).filter(closed_at=None)[:FOLLOWED_SHOWN]),
        dates=echeances_of(acteur, usager, at=at)[:FOLLOWED_SHOWN],
        declarations=declarations_for_person(acteur, usager),
        facts=latest_facts(acteur, usager, at=at),
        post=post_of(acteur, usager),
        channels=list(channels_of(usager)),
        mandats=[
            MandatShown(m, m.state(at=at), [words[line.scope] for line in m.autorisations.all()])
            for m in mandats
        ],
        uses=[UseShown(usage, words[usage.autorisation.scope]) for usage in usages[:USES_SHOWN]],
        to_tell=list(to_tell_on_paper(usager)),
        has_more_uses=len(usages) > USES_SHOWN,
        doubles=doubles_of(acteur, usager),
        merges=[] if acteur.beside else list(standing_of(acteur, usager)[:FOLLOWED_SHOWN]),
    )


def _words(scopes: set[str], usages: list[Usage]) -> dict[str, ScopeDescription]:
    wanted = sorted(scopes | {usage.autorisation.scope for usage in usages})
    return {found.scope: found for found in describe_scopes(wanted)}


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
