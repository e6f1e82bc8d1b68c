"""The aidant's day, on one page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from tandem.accompagnements.models import Besoin, DemarcheSuivie, Relais
from tandem.accompagnements.queries import (
    brouillon_of,
    demarches_listed,
    handed_to,
    open_besoins,
)
from tandem.accompagnements.rules import DemarcheState, Page, page_key
from tandem.courriers.models import Courrier
from tandem.courriers.queries import waiting_courriers
from tandem.echeances.queries import Week, could_be_lost_this_week, today_of
from tandem.echeances.rules import SOON
from tandem.entraide.models import Appel
from tandem.entraide.queries import appels_visible_to
from tandem.espaces.rules import Presence
from tandem.fiches.queries import Alert, alerts_since
from tandem.fiches.rules import NEWS_KEPT
from tandem.mandats.queries import accounts_owed, mandats_listed
from tandem.mandats.rules import State
from tandem.oidc_provider.queries import accompagnements_to_end
from tandem.papier.queries import sheets_waiting
from tandem.signature.queries import drafts_visible_to
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import recent_usagers

Row = TypeVar("Row")

SHOWN = 5


class TaskKind(StrEnum):
    """What may wait for an aidant, in the order in which it is shown."""

    END = "end"
    ACCOUNT = "account"
    SHEET = "sheet"
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
    """The aidant's day. `hidden`: how much is kept off the screen while someone looks.

    `post`: what was late when it was opened; `besoins`: what was noted and is not settled; `alerts`: what changed
    for the démarches this aidant holds; `words`: the sentence begun before an interruption.
    """

    calls: list[Appel]
    handed: list[Relais]
    week: Week
    tasks: list[Task]
    post: list[Courrier]
    besoins: list[Besoin]
    alerts: list[Alert]
    recents: list[Usager]
    hidden: int
    words: str
    more: frozenset[str]


def home(acteur: Acteur, *, at: datetime, presence: Presence) -> Home:
    """What needs this acteur today, and the people last met with: a fixed number of queries."""
    lists = {
        TaskKind.END: _to_end(acteur),
        TaskKind.ACCOUNT: _accounts(acteur),
        TaskKind.SHEET: _sheets(acteur),
        TaskKind.DRAFT: _drafts(acteur, at),
        TaskKind.ENDING: _ending(acteur, at),
    }
    tasks = [task for found in lists.values() for task in found[:SHOWN]]
    recents = recent_usagers(acteur, SHOWN)
    handed = list(handed_to(acteur)[:SHOWN])
    besoins = list(open_besoins(acteur, mine=True)[:SHOWN])
    post = list(waiting_courriers(acteur, until=today_of(acteur, at) + SOON, limit=SHOWN))
    on_screen = Screen(presence)
    return Home(
        calls=list(appels_visible_to(acteur, at=at)[:SHOWN]),
        handed=on_screen.kept(handed, lambda relais: _person_of(relais.what)),
        week=could_be_lost_this_week(acteur, at=at),
        tasks=on_screen.kept(tasks, lambda task: task.person_id),
        post=on_screen.kept(post, lambda courrier: courrier.usager.public_id),
        besoins=on_screen.kept(besoins, _person_of),
        alerts=_alerts(acteur, at),
        recents=on_screen.kept(recents, lambda person: person.public_id),
        hidden=on_screen.hidden,
        words=_begun(acteur, at, presence),
        more=frozenset(kind for kind, found in lists.items() if len(found) > SHOWN),
    )


class Screen:
    """Sorts what may be on the screen now, and counts what may not (P-28)."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence
        self.hidden = 0

    def kept(self, rows: list[Row], person: Callable[[Row], UUID | None]) -> list[Row]:
        """Those whose person may be named now."""
        kept = [row for row in rows if not self.presence.hides(person(row))]
        self.hidden += len(rows) - len(kept)
        return kept


def _person_of(what: Besoin | DemarcheSuivie) -> UUID | None:
    return None if what.usager is None else what.usager.public_id


def _begun(acteur: Acteur, at: datetime, presence: Presence) -> str:
    """What was being typed here (A-07); it may be about anyone, so not while someone looks (P-28)."""
    found = brouillon_of(acteur, page_key(Page.BESOIN), at=at)
    return "" if presence.hides(None) else found.get("words", "")


def _alerts(acteur: Acteur, at: datetime) -> list[Alert]:
    held = demarches_listed(acteur, state=DemarcheState.OPEN, mine=True).filter(
        demarche__isnull=False
    )
    slugs = set(held.order_by().values_list("demarche__slug", flat=True))
    return alerts_since(slugs, at - NEWS_KEPT, at=at)[:SHOWN] if slugs else []


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


def _sheets(acteur: Acteur) -> list[Task]:
    """Sheets signed by hand that wait for another aidant than the one who noted them (S-20)."""
    rows = sheets_waiting(acteur).exclude(noted_by=acteur.affectation)[: SHOWN + 1]
    return [Task(TaskKind.SHEET, row.public_id, row.usager) for row in rows]


def _drafts(acteur: Acteur, at: datetime) -> list[Task]:
    rows = drafts_visible_to(acteur, at=at)[: SHOWN + 1]
    return [Task(TaskKind.DRAFT, row.public_id, row.usager, due_at=row.expires_at) for row in rows]


def _ending(acteur: Acteur, at: datetime) -> list[Task]:
    rows = mandats_listed(acteur, state=State.ENDING, at=at).prefetch_related(None)[: SHOWN + 1]
    return [Task(TaskKind.ENDING, row.public_id, row.usager, due_at=row.ends_at) for row in rows]
