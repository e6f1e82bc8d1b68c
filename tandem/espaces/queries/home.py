"""The aidant's day, on one page."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from tandem.accompagnements.models import Besoin, Brouillon, DemarcheSuivie, Relais
from tandem.accompagnements.queries import (
    brouillons_of,
    demarches_listed,
    handed_to,
    open_besoins,
)
from tandem.accompagnements.rules import DemarcheState, Page, page_key
from tandem.courriers.models import Courrier
from tandem.courriers.queries import courriers_waiting
from tandem.echeances.queries import Week, losing_this_week, shown, today_of
from tandem.echeances.rules import COUNTED, HOME_SHOWN, SOON
from tandem.entraide.models import Appel
from tandem.entraide.queries import appels_visible_to
from tandem.espaces.queries.acting import bare, shape_of, stand_in, values_of
from tandem.espaces.rules import Presence
from tandem.fiches.queries import Alert, news_on, reports_on, told
from tandem.fiches.rules import NEWS_KEPT
from tandem.kernel.gather import Gathering
from tandem.mandats.models import Mandat, Usage
from tandem.mandats.queries import accounts_owed, mandats_listed
from tandem.mandats.rules import State
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.queries import accompagnements_to_end
from tandem.papier.models import Sheet
from tandem.papier.queries import sheets_waiting
from tandem.signature.models import Draft
from tandem.signature.queries import drafts_visible_to
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to

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
    """What needs this acteur today, and the people last met with: one query."""
    found = _found(acteur, at)
    tasks = {kind: _TASKS[kind](found[kind]) for kind in TaskKind}
    today = today_of(acteur, at)
    on_screen = Screen(presence)
    return Home(
        calls=found["calls"],
        handed=on_screen.kept(found["handed"], lambda relais: _person_of(relais.what)),
        week=Week(shown(found["week"], today=today), len(found["count"])),
        tasks=on_screen.kept(
            [task for rows in tasks.values() for task in rows[:SHOWN]], lambda task: task.person_id
        ),
        post=on_screen.kept(found["post"], lambda courrier: courrier.usager.public_id),
        besoins=on_screen.kept(found["besoins"], _person_of),
        alerts=told(found["reports"], found["news"])[:SHOWN],
        recents=on_screen.kept(found["recents"], lambda person: person.public_id),
        hidden=on_screen.hidden,
        words=_begun(found["brouillon"], presence),
        more=frozenset(kind for kind, rows in tasks.items() if len(rows) > SHOWN),
    )


def _found(acteur: Acteur, at: datetime) -> dict[str, list[Any]]:
    """Every list of the page, for this acteur."""
    values = {**values_of(acteur), "at": at, "today": today_of(acteur, at)}
    return _LISTS.fetch(values, **shape_of(acteur)) if acteur.may_act else _NOTHING


def _lists(now: Mapping[str, Any], **shape: Any) -> dict[str, QuerySet[Any, Any]]:
    """What waits first, then what is shown beside; no more columns than what is shown."""
    acteur = stand_in(now, **shape)
    at: datetime = now["at"]
    today: date = now["today"]
    losing = losing_this_week(acteur, today=today)
    return {
        **_waiting(acteur, at),
        "calls": bare(appels_visible_to(acteur, at=at), "called_by__compte", "answered_by__compte")[
            :SHOWN
        ],
        "handed": bare(
            handed_to(acteur),
            "besoin__usager",
            "demarche_suivie__usager",
            "demarche_suivie__demarche",
            "from_affectation__compte",
        )[:SHOWN],
        "week": bare(losing, "usager", "demarche_suivie__usager", "demarche_suivie__demarche")[
            :HOME_SHOWN
        ],
        "count": losing.values_list("pk")[:COUNTED],
        "post": bare(courriers_waiting(acteur, until=today + SOON), "usager")[:SHOWN],
        "besoins": bare(open_besoins(acteur, mine=True), "usager", "held_by__compte")[:SHOWN],
        "recents": bare(usagers_visible_to(acteur)).order_by("-last_contact_at", "-pk")[:SHOWN],
        "brouillon": brouillons_of(acteur, page_key(Page.BESOIN), at=at),
        **_changes(acteur, at),
    }


def _waiting(acteur: Acteur, at: datetime) -> dict[str, QuerySet[Any, Any]]:
    """One more of each than what is shown: to say that there are more."""
    to_end = accompagnements_to_end(acteur).order_by("created_at", "pk")
    # Sheets signed by hand wait for another aidant than the one who noted them; for a lone one, a day (S-20).
    theirs = Q(noted_by=acteur.affectation)
    sheets = sheets_waiting(acteur).filter(~theirs | Q(opens_at__lte=at))
    ending = mandats_listed(acteur, state=State.ENDING, at=at).prefetch_related(None)
    return {
        TaskKind.END: bare(to_end, "usager", "relying_party")[: SHOWN + 1],
        TaskKind.ACCOUNT: bare(accounts_owed(acteur), "autorisation__usager")[: SHOWN + 1],
        TaskKind.SHEET: bare(sheets, "usager")[: SHOWN + 1],
        TaskKind.DRAFT: bare(drafts_visible_to(acteur, at=at), "usager")[: SHOWN + 1],
        TaskKind.ENDING: bare(ending, "usager")[: SHOWN + 1],
    }


def _changes(acteur: Acteur, at: datetime) -> dict[str, QuerySet[Any, Any]]:
    """What changed for the démarches this aidant holds."""
    held = demarches_listed(acteur, state=DemarcheState.OPEN, mine=True)
    demarches = held.filter(demarche__isnull=False).order_by().values("demarche")
    since = at - NEWS_KEPT
    return {
        "reports": reports_on(demarches, since=since, at=at),
        "news": news_on(demarches, since=since, at=at),
    }


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


def _begun(rows: list[Brouillon], presence: Presence) -> str:
    """What was being typed here (A-07); it may be about anyone, so not while someone looks (P-28)."""
    return "" if presence.hides(None) or not rows else str(rows[0].fields.get("words", ""))


def _to_end(rows: list[Transaction]) -> list[Task]:
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


def _accounts(rows: list[Usage]) -> list[Task]:
    return [
        Task(
            TaskKind.ACCOUNT,
            row.public_id,
            row.autorisation.usager,
            due_at=row.account_due_at,
            detail=row.service_declared,
        )
        for row in rows
    ]


def _sheets(rows: list[Sheet]) -> list[Task]:
    return [Task(TaskKind.SHEET, row.public_id, row.usager, due_at=row.opens_at) for row in rows]


def _drafts(rows: list[Draft]) -> list[Task]:
    return [Task(TaskKind.DRAFT, row.public_id, row.usager, due_at=row.expires_at) for row in rows]


def _ending(rows: list[Mandat]) -> list[Task]:
    return [Task(TaskKind.ENDING, row.public_id, row.usager, due_at=row.ends_at) for row in rows]


_TASKS: Final[dict[TaskKind, Callable[[list[Any]], list[Task]]]] = {
    TaskKind.END: _to_end,
    TaskKind.ACCOUNT: _accounts,
    TaskKind.SHEET: _sheets,
    TaskKind.DRAFT: _drafts,
    TaskKind.ENDING: _ending,
}
_LISTS: Final = Gathering(_lists)
_NOTHING: Final[dict[str, list[Any]]] = defaultdict(list)
