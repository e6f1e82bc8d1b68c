"""What the pages show, each in a fixed number of queries. Every entry point takes the acteur."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from tandem.comptes.models import Compte
from tandem.espaces.rules import Presence
from tandem.journal.models import Entry
from tandem.journal.queries import entries_about
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries import (
    accounts_owed,
    mandats_listed,
    mandats_visible_to,
    usages_visible_to,
)
from tandem.mandats.rules import State
from tandem.oidc_provider.queries import accompagnements_to_end
from tandem.referentiels.queries import ScopeDescription, describe_scopes
from tandem.signature.queries import drafts_visible_to
from tandem.structures.models import Acteur, Structure
from tandem.usagers import rules as usagers_rules
from tandem.usagers.models import Channel, Notice, Usager
from tandem.usagers.queries import (
    channels_of,
    recent_usagers,
    to_tell_on_paper,
    usager_visible_to,
)

SHOWN = 5
USES_SHOWN = 20
MANDATS_SHOWN = 20


class TaskKind(StrEnum):
    """What may wait for an aidant, in the order in which it is shown."""

    END = "end"
    ACCOUNT = "account"
    DRAFT = "draft"
    ENDING = "ending"


@dataclass(frozen=True)
class Task:
    """One thing that waits: what it is, for whom, until when."""

    kind: TaskKind
    public_id: UUID
    usager: Usager | None
    due_at: datetime | None = None
    detail: str = ""

    @property
    def person_id(self) -> UUID | None:
        """Who it is about; None for a draft begun with nobody known yet."""
        return None if self.usager is None else self.usager.public_id


@dataclass(frozen=True)
class Home:
    """The aidant's day. `hidden`: tasks and people kept off the screen while someone looks."""

    tasks: list[Task]
    recents: list[Usager]
    hidden: int
    more: frozenset[str]


def home(acteur: Acteur, *, at: datetime, presence: Presence) -> Home:
    """What needs this acteur today, and the people last met with: five queries."""
    lists = {
        TaskKind.END: _to_end(acteur),
        TaskKind.ACCOUNT: _accounts(acteur),
        TaskKind.DRAFT: _drafts(acteur, at),
        TaskKind.ENDING: _ending(acteur, at),
    }
    tasks = [task for found in lists.values() for task in found[:SHOWN]]
    recents = recent_usagers(acteur, SHOWN)
    shown = [task for task in tasks if not presence.hides(task.person_id)]
    known = [person for person in recents if not presence.hides(person.public_id)]
    return Home(
        tasks=shown,
        recents=known,
        hidden=len(tasks) - len(shown) + len(recents) - len(known),
        more=frozenset(kind for kind, found in lists.items() if len(found) > SHOWN),
    )


def _to_end(acteur: Acteur) -> list[Task]:
    rows = accompagnements_to_end(acteur).order_by("created_at", "pk")[: SHOWN + 1]
    # The service behind FranceConnect is the one the aidant named (decision 10).
    return [
        Task(
            TaskKind.END,
            row.public_id,
            row.usager,
            detail=row.service_declared or row.relying_party.name,
        )
        for row in rows
    ]


def _accounts(acteur: Acteur) -> list[Task]:
    return [
        Task(
            TaskKind.ACCOUNT,
            row.public_id,
            row.autorisation.usager,
            due_at=row.account_due_at,
            detail=row.service_declared,
        )
        for row in accounts_owed(acteur)[: SHOWN + 1]
    ]


def _drafts(acteur: Acteur, at: datetime) -> list[Task]:
    rows = drafts_visible_to(acteur, at=at)[: SHOWN + 1]
    return [Task(TaskKind.DRAFT, row.public_id, row.usager, due_at=row.expires_at) for row in rows]


def _ending(acteur: Acteur, at: datetime) -> list[Task]:
    rows = mandats_listed(acteur, state=State.ENDING, at=at).prefetch_related(None)[: SHOWN + 1]
    return [Task(TaskKind.ENDING, row.public_id, row.usager, due_at=row.ends_at) for row in rows]


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
    channels: list[Channel]
    mandats: list[MandatShown]
    uses: list[UseShown]
    to_tell: list[Notice]
    has_more_uses: bool

    @property
    def live(self) -> list[MandatShown]:
        return [shown for shown in self.mandats if shown.state is not State.ENDED]

    @property
    def ended(self) -> list[MandatShown]:
        return [shown for shown in self.mandats if shown.state is State.ENDED]


def person_page(acteur: Acteur, public_id: UUID, *, at: datetime) -> PersonPage:
    """The file of one person, in eight queries at any size.

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
        channels=list(channels_of(usager)),
        mandats=[
            MandatShown(m, m.state(at=at), [words[line.scope] for line in m.autorisations.all()])
            for m in mandats
        ],
        uses=[UseShown(usage, words[usage.autorisation.scope]) for usage in usages[:USES_SHOWN]],
        to_tell=list(to_tell_on_paper(usager)),
        has_more_uses=len(usages) > USES_SHOWN,
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


def journal_about(acteur: Acteur, public_id: UUID) -> tuple[Usager, QuerySet[Entry]]:
    """The person, and every line of the journal about them, the latest first (P-11).

    Raises:
        UsagerUnknown: not visible to this acteur.
    """
    usager = usager_visible_to(acteur, public_id)
    return usager, entries_about(usager.public_id).order_by("-at", "-pk")


def open_structures(place: str) -> QuerySet[Structure]:
    """The open structures of a city or a postcode, for whoever looks for help."""
    found = Structure.objects.active().order_by("city", "name", "pk")
    place = " ".join(place.split())
    return (
        found.filter(Q(city__icontains=place) | Q(postcode__startswith=place)) if place else found
    )
