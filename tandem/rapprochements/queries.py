"""Reads of rapprochements: which files look alike, which were brought together. Each takes the acteur."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tandem.kernel.refusals import Refusal
from tandem.rapprochements import rules
from tandem.rapprochements.models import Distinction, Likeness, Rapprochement
from tandem.rapprochements.rules import Reason
from tandem.rapprochements.signals import usagers_compared
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Channel, Suivi, Usager
from tandem.usagers.queries import channels_of, is_seen_by, usagers_visible_to
from tandem.usagers.rules import birthdate_words

# What each room answers to a signal.
Answers = list[tuple[Any, list[str]]]


class RapprochementUnknown(Refusal):
    """No such files brought together among those the acteur may see."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Ces dossiers réunis ne sont pas connus dans votre structure."))


class Double(NamedTuple):
    """A file that looks like another one of the same person."""

    usager: Usager
    reasons: list[Reason]


class Pair(NamedTuple):
    """Two files that look like one person's, for a list."""

    newer: Usager
    older: Usager
    reasons: list[Reason]


def doubles_of(acteur: Acteur, usager: Usager) -> list[Double]:
    """The files that look like this person's, among those the acteur sees; one query."""
    return as_doubles(usager, files_alike(acteur, usager))


def as_doubles(usager: Usager, rows: Iterable[Usager]) -> list[Double]:
    """Each with why it looks alike; no query."""
    return [
        Double(other, rules.reasons(usager, other, same_channel=getattr(other, "same_channel")))  # noqa: B009 - annotated
        for other in rows
    ]


def files_alike(acteur: Acteur, usager: Usager) -> QuerySet[Usager]:
    """The same, still to be fetched.

    Nobody is proposed beside someone who looks at the screen (P-28), nor two identities of FranceConnect.
    """
    if acteur.beside:
        return Usager.objects.none()
    tokens = Likeness.objects.filter(usager=usager).values("token")
    alike = Likeness.objects.filter(token__in=tokens)
    if rules.is_dated(usager.birthdate):
        alike = alike.filter(dated=False)
    values = Channel.objects.live().filter(usager=usager).values("value_index")
    same_channel = Channel.objects.live().filter(value_index__in=values)
    same_identity = (
        Usager.objects.filter(structure=acteur.structure, identity_index=usager.identity_index)
        .exclude(identity_index="")
        .order_by()
    )
    # Each way has its index; asked with « or », the database would read everyone.
    found = (
        usagers_visible_to(acteur)
        .filter(
            pk__in=same_identity.values("pk").union(
                alike.order_by().values("usager"),
                same_channel.order_by().values("usager"),
                all=True,
            )
        )
        .exclude(pk=usager.pk)
        .exclude(pk__in=Distinction.objects.filter(first=usager).values("second"))
        .exclude(pk__in=Distinction.objects.filter(second=usager).values("first"))
        .annotate(same_channel=Exists(same_channel.filter(usager=OuterRef("pk"))))
        .order_by("-last_contact_at", "-pk")
    )
    if usager.sub_index:
        found = found.filter(sub_index="")
    return found[: rules.SUGGESTED]


def people_with_doubles(acteur: Acteur) -> QuerySet[Usager]:
    """The people of the structure who have an older file that looks like theirs, as `older_id`; each pair once.

    Fingerprints hold the structure's key: two structures never meet here.
    """
    visible = usagers_visible_to(acteur)
    seen = visible.values("pk")
    return (
        visible.annotate(
            older_id=Coalesce(
                Subquery(_same_identity(seen)),
                Subquery(_same_mark(seen)),
                Subquery(_same_channel(seen)),
                output_field=BigIntegerField(),
            )
        )
        .filter(older_id__isnull=False)
        .order_by("-last_contact_at", "-pk")
    )


def _same_identity(seen: QuerySet[Usager, Any]) -> QuerySet[Usager, Any]:
    told_apart = Distinction.objects.filter(first=OuterRef("pk"), second=OuterRef(OuterRef("pk")))
    return (
        Usager.objects.filter(pk__lt=OuterRef("pk"), pk__in=seen)
        .filter(structure=OuterRef("structure"), identity_index=OuterRef("identity_index"))
        .exclude(identity_index="")
        .annotate(my_sub=ExpressionWrapper(OuterRef("sub_index"), output_field=CharField()))
        .filter(Q(sub_index="") | Q(my_sub=""))
        .exclude(Exists(told_apart))
        .order_by("-pk")
        .values("pk")[:1]
    )


def _same_mark(seen: QuerySet[Usager, Any]) -> Any:
    dated = ExpressionWrapper(OuterRef("dated"), output_field=BooleanField())
    others = (
        Likeness.objects.filter(token=OuterRef("token"))
        .annotate(my_dated=dated)
        .filter(Q(dated=False) | Q(my_dated=False))
    )
    return _older(Likeness.objects.all(), _of_other_files(others, seen))


def _same_channel(seen: QuerySet[Usager, Any]) -> Any:
    live = Channel.objects.live()
    return _older(live, _of_other_files(live.filter(value_index=OuterRef("value_index")), seen))


def _of_other_files(rows: Any, seen: QuerySet[Usager, Any]) -> Any:
    """The older file of a row that has the same mark; never two identities of FranceConnect, nor two told apart."""
    told_apart = Distinction.objects.filter(
        first=OuterRef("usager"), second=OuterRef(OuterRef("usager"))
    )
    my_sub = ExpressionWrapper(OuterRef("usager__sub_index"), output_field=CharField())
    return (
        rows.filter(usager__lt=OuterRef("usager"), usager__in=seen)
        .annotate(my_sub=my_sub)
        .filter(Q(usager__sub_index="") | Q(my_sub=""))
        .exclude(Exists(told_apart))
        .order_by("-usager")
        .values("usager")[:1]
    )


def _older(mine: Any, others: Any) -> Any:
    rows = mine.filter(usager=OuterRef("pk")).annotate(older=Subquery(others))
    return rows.filter(older__isnull=False).order_by("-older").values("older")[:1]


def pairs_of(acteur: Acteur, people: Sequence[Usager]) -> list[Pair]:
    """Each of these people beside their older file, in two queries for any number."""
    beside = {person.pk: int(getattr(person, "older_id")) for person in people}  # noqa: B009 - annotated
    older = usagers_visible_to(acteur).in_bulk(list(beside.values()))
    values: dict[int, set[str]] = {}
    live = Channel.objects.live().filter(usager__in=[*beside, *older])
    for usager, value in live.order_by("pk").values_list("usager", "value_index"):
        values.setdefault(usager, set()).add(value)
    return [
        Pair(
            person,
            other,
            rules.reasons(
                person,
                other,
                same_channel=bool(values.get(person.pk, set()) & values.get(other.pk, set())),
            ),
        )
        for person in people
        if (other := older.get(beside[person.pk])) is not None
    ]


def reasons_between(one: Usager, other: Usager) -> list[Reason]:
    """Why these two look alike; « l’aidant le sait » when nothing says so."""
    values = Channel.objects.live().filter(usager=one).values("value_index")
    shared = Channel.objects.live().filter(usager=other, value_index__in=values).exists()
    return rules.reasons(one, other, same_channel=shared) or [Reason.SAID]


def order_of(one: Usager, other: Usager) -> tuple[Usager, Usager]:
    """(the file kept, the file merged), whichever is named first."""
    kept, merged = sorted((one, other), key=_precedence, reverse=True)
    return kept, merged


def _precedence(usager: Usager) -> tuple[bool, int, float, int]:
    return rules.precedence(
        has_sub=bool(usager.sub_index),
        rung=usager.rung,
        created_at=usager.created_at,
        pk=usager.pk,
    )


def obstacles(kept: Usager, merged: Usager) -> list[str]:
    """Why the two files cannot be one now, each with what to do; none: they can."""
    found = []
    if kept.sub_index and merged.sub_index:
        found.append(
            _("Ces deux personnes se sont identifiées avec deux comptes FranceConnect différents.")
        )
    if kept.structure.is_practice:
        found.append(_("En entraînement, chaque personne fictive garde son dossier."))
    answers = cast("Answers", usagers_compared.send(sender=Rapprochement, kept=kept, merged=merged))
    return [*found, *(sentence for _room, sentences in answers for sentence in sentences)]


class Side(NamedTuple):
    """One of two files side by side."""

    usager: Usager
    born: str
    channels: list[Channel]
    is_kept: bool


class Comparison(NamedTuple):
    """What the page shows before anyone says that two files are one person's."""

    sides: list[Side]
    kept: Usager
    merged: Usager
    # The one that was not asked for first.
    other: Usager
    reasons: list[Reason]
    obstacles: list[str]
    followers: list[Affectation]
    stops: bool


def comparison(one: Usager, other: Usager) -> Comparison:
    """Two files already fetched for the acteur, side by side, the one kept first."""
    kept, merged = order_of(one, other)
    return Comparison(
        sides=[
            Side(usager, birthdate_words(usager.birthdate), list(channels_of(usager)), is_kept)
            for usager, is_kept in ((kept, True), (merged, False))
        ],
        kept=kept,
        merged=merged,
        other=other,
        reasons=reasons_between(one, other),
        obstacles=obstacles(kept, merged),
        followers=who_would_see(kept, merged),
        stops=any(u.frozen_at is not None or u.died_known_at is not None for u in (one, other)),
    )


def live_suivis(usager: Usager) -> QuerySet[Suivi]:
    """Who is said to follow the person now, at work or not."""
    return Suivi.objects.filter(usager=usager, ended_at=None).order_by("pk")


def may_still_follow(kept: Usager, merged: Usager) -> QuerySet[Affectation]:
    """Who may follow the two files as one: whoever each restricted file lets in (P-10)."""
    rows = Affectation.objects.filter(structure=kept.structure)
    for usager in (kept, merged):
        if not usager.team_access:
            rows = rows.filter(pk__in=live_suivis(usager).values("affectation"))
    return rows


def who_would_see(kept: Usager, merged: Usager) -> list[Affectation]:
    """When the files become one kept to those who follow the person: who they are; empty: the whole team."""
    if kept.team_access and merged.team_access:
        return []
    either = Q(suivis__usager__in=[kept, merged], suivis__ended_at=None)
    rows = may_still_follow(kept, merged).filter(either, ended_at=None)
    return list(rows.select_related("compte").distinct().order_by("compte__family_name", "pk"))


def standing_of(acteur: Acteur, usager: Usager) -> QuerySet[Rapprochement]:
    """The files brought together under this person's, the latest first."""
    return (
        Rapprochement.objects.standing()
        .filter(is_seen_by(acteur, "kept"), kept=usager)
        .select_related("made_by__compte", "merged", "kept", "structure")
        .order_by("-made_at", "-pk")
    )


def rapprochement_visible_to(acteur: Acteur, public_id: UUID) -> Rapprochement:
    """Two files brought together, standing, whose kept one the acteur sees.

    Raises:
        RapprochementUnknown: undone, of someone else, or none.
    """
    row = (
        Rapprochement.objects.standing()
        .filter(public_id=public_id, kept__in=usagers_visible_to(acteur))
        .select_related("made_by__compte", "merged__structure", "kept__structure", "structure")
        .first()
    )
    if row is None:
        raise RapprochementUnknown
    return row


def kept_instead(acteur: Acteur, public_id: UUID) -> Usager | None:
    """The file under which this one is hidden, if the acteur sees it; None: nothing is hidden there."""
    row = Usager.objects.filter(public_id=public_id, structure=acteur.structure).first()
    if row is None:
        return None
    kept = row.merged_into
    while kept is not None and kept.merged_into is not None:
        kept = kept.merged_into
    return None if kept is None else usagers_visible_to(acteur).filter(pk=kept.pk).first()


def files_of(usager: Usager) -> list[Usager]:
    """This file and those hidden behind it, however many times brought together."""
    files, found = [usager], [usager]
    while found:
        found = list(Usager.objects.filter(merged_into__in=found).order_by("pk"))
        files += found
    return files
