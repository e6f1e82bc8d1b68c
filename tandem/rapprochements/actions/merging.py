"""Two files of the same person become one: what each room hangs on the second follows to the first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.rules import GestureResponse
from tandem.journal.actions import record_all
from tandem.journal.rules import Event, Line, Subject
from tandem.kernel import refusals
from tandem.kernel.refusals import Refusal
from tandem.rapprochements import events, permissions, queries
from tandem.rapprochements.models import Rapprochement
from tandem.rapprochements.moving import Moved, hang, label_of
from tandem.rapprochements.rules import LATE, merge_act, stricter_protected
from tandem.rapprochements.signals import usagers_merged
from tandem.rapprochements.states import Change, change
from tandem.structures.models import Acteur
from tandem.usagers.actions import record_reading, tell_usager
from tandem.usagers.actions.doors import Desk, at_work, lock
from tandem.usagers.actions.identity import index_names
from tandem.usagers.models import Channel, OneTimeCode, Suivi, Usager
from tandem.usagers.queries import proven_channel
from tandem.usagers.rules import Holder


class MergeRefused(Refusal):
    """The two files cannot be one now, or not be two again; the message says why and what to do."""

    code = "rapprochement"


class NotAllowed(refusals.NotAllowed):
    """The acteur does not see both files."""

    def __init__(self) -> None:
        super().__init__(
            _("Ces deux dossiers ne sont pas suivis dans votre structure, ou par vous.")
        )


@transaction.atomic
def record_comparison(*, acteur: Acteur, one: Usager, other: Usager, at: datetime) -> None:
    """The two files were opened side by side: one line on each (P-11).

    Raises:
        usagers.actions.NotAllowed: the acteur does not see both.
        BesideAnother: someone looks at the screen, and one of the files is not theirs (P-28).
    """
    for usager in sorted((one, other), key=lambda usager: usager.pk):
        record_reading(acteur=acteur, usager=usager, at=at)


@transaction.atomic
def record_separation_opened(*, acteur: Acteur, rapprochement: Rapprochement, at: datetime) -> None:
    """The page that separates shows the file kept: one line (P-11). The same refusals."""
    record_reading(acteur=acteur, usager=rapprochement.kept, at=at)


def merge_usagers(
    *, acteur: Acteur, one: Usager, other: Usager, response: GestureResponse, at: datetime
) -> Rapprochement:
    """Bring together two files of the same person, whichever is named first; done already, it is given back.

    The file identified by FranceConnect is kept, else the surer, else the older. The stricter state wins. What is
    under way on the other (codes, drafts, connexions) dies: its person is no longer there when it is read again.

    Raises:
        MergeRefused: two identities of FranceConnect, or a room cannot move what it holds; what to do.
        NotAllowed: the acteur does not see both.
        GestureRefused: no valid second factor for this act.
    """
    desk = at_work(acteur)
    if (done := _standing(acteur, one, other)) is not None:
        return done
    if one.pk == other.pk:
        raise MergeRefused(_("C’est deux fois le même dossier."))
    act = merge_act(one.public_id, other.public_id)
    gesture = verify_gesture(compte=desk.compte, act=act, response=response, at=at)
    with transaction.atomic():
        rows = [lock(usager) for usager in sorted((one, other), key=lambda usager: usager.pk)]
        if (done := _standing(acteur, *rows)) is not None:
            return done
        if not permissions.may_merge(acteur, *rows):
            raise NotAllowed
        use_gesture(gesture=gesture, compte=desk.compte, act=act, at=at)
        kept, merged = queries.order_of(*rows)
        for sentence in queries.obstacles(kept, merged):
            raise MergeRefused(sentence)
        return _merge(desk, acteur, kept, merged, at)


def _standing(acteur: Acteur, one: Usager, other: Usager) -> Rapprochement | None:
    """These two are one already, by another click or another aidant."""
    pair = (one.pk, other.pk)
    row = (
        Rapprochement.objects.standing()
        .filter(kept__in=pair, merged__in=pair)
        .select_related("kept__structure", "merged__structure")
        .first()
    )
    return row if row is not None and permissions.may_separate(acteur, row.kept) else None


def _merge(desk: Desk, acteur: Acteur, kept: Usager, merged: Usager, at: datetime) -> Rapprochement:
    reasons = queries.reasons_between(kept, merged)
    row = Rapprochement(
        structure=desk.structure, kept=kept, merged=merged, made_at=at, made_by=desk.affectation
    )
    # On the channels known until now: whoever inscribed another one for the occasion does not hide it (S-20).
    _tell(row, at)
    aside = _not_for_both(kept, merged)
    row.moved = [list(moved) for moved in carry(kept, merged)]
    hang(Suivi, aside, "usager", on=merged)
    row.set_aside = [[label_of(Suivi), pk] for pk in aside]
    row.changes = [
        *_settle_channels(kept, merged, row.moved, at),
        *_stricter_states(kept, merged),
    ]
    OneTimeCode.objects.filter(usager=merged, used_at=None).delete()
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    row.save()
    index_names(kept)
    trace(events.MERGED, acteur, row, at, reasons=[str(reason) for reason in reasons])
    return row


def carry(kept: Usager, merged: Usager) -> list[Moved]:
    """Every room moves its rows to the file kept, and says which."""
    answers = cast(
        "list[tuple[Any, list[Moved]]]",
        usagers_merged.send(sender=Rapprochement, kept=kept, merged=merged),
    )
    return [moved for _room, rows in answers for moved in rows]


def _not_for_both(kept: Usager, merged: Usager) -> list[int]:
    """The suivis of the file kept that would show its aidant a file that was closed to them (P-10)."""
    allowed = queries.may_still_follow(kept, merged).values("pk")
    live = queries.live_suivis(kept).exclude(affectation__in=allowed)
    return list(live.values_list("pk", flat=True))


def _settle_channels(
    kept: Usager, merged: Usager, moved: Iterable[Iterable[Any]], at: datetime
) -> list[Change]:
    """A channel that comes counts as inscribed now: it confirms no act before a day (S-20).

    Known on both files, it stays once, with the stricter of what was said of it.
    """
    came = [pk for label, pk in moved if label == label_of(Channel)]
    changes = [
        change(channel, created_at=at)
        for channel in Channel.objects.live().filter(pk__in=came).order_by("pk")
    ]
    twins = {c.value_index: c for c in Channel.objects.live().filter(usager=merged).order_by("pk")}
    for channel in Channel.objects.live().filter(usager=kept).order_by("pk"):
        if (twin := twins.get(channel.value_index)) is not None:
            after: dict[str, object] = {}
            if twin.discreet and not channel.discreet:
                after["discreet"] = True
            if channel.holder == Holder.PERSON != twin.holder:
                after["holder"] = twin.holder
            if twin.failed_at is not None and channel.failed_at is None:
                after |= {"failed_at": twin.failed_at, "proven_at": None}
            changes += [change(channel, **after)] if after else []
    return changes


def _stricter_states(kept: Usager, merged: Usager) -> list[Change]:
    """What stops, protects or closes either file does so for both; the later contact counts."""
    changes = []
    if merged.died_known_at is not None and kept.died_known_at is None:
        changes.append(
            change(
                kept,
                died_known_at=merged.died_known_at,
                death_recorded_by_id=merged.death_recorded_by_id,
            )
        )
    if merged.frozen_at is not None and kept.frozen_at is None:
        changes.append(
            change(
                kept,
                frozen_at=merged.frozen_at,
                freeze_reason=merged.freeze_reason,
                stopped_by_id=merged.stopped_by_id,
            )
        )
    answer = stricter_protected(kept.protected, merged.protected)
    if answer != kept.protected:
        changes.append(change(kept, protected=answer, protected_asked_at=merged.protected_asked_at))
    if kept.team_access and not merged.team_access:
        changes.append(change(kept, team_access=False))
    if merged.last_contact_at > kept.last_contact_at:
        changes.append(change(kept, last_contact_at=merged.last_contact_at))
    return changes


def _tell(row: Rapprochement, at: datetime) -> None:
    say(
        row,
        message=_("Vos deux dossiers sont réunis"),
        body=_(
            "Bonjour, votre aidant a réuni deux dossiers à votre nom. "
            "Ce n’était pas prévu ? Appelez-le, ou allez le voir."
        ),
        key=f"rapprochements.merged:{row.public_id}",
        at=at,
    )


def say(row: Rapprochement, *, message: str, body: str, key: str, at: datetime) -> None:
    """Tell the person, on what each file has proven theirs; on paper when neither has."""
    tell_usager(usager=row.kept, message=message, body=body, key=key, at=at)
    if proven_channel(row.merged) is not None:
        tell_usager(usager=row.merged, message=message, body=body, key=f"{key}:2", at=at)


def trace(
    event: Event, acteur: Acteur, row: Rapprochement, at: datetime, **facts: list[str]
) -> None:
    """One line on each file, last in the act: whoever reads either finds the other."""
    said: dict[str, str | list[str]] = {
        "rapprochement": str(row.public_id),
        "kept": str(row.kept.public_id),
        "merged": str(row.merged.public_id),
        **facts,
    }
    record_all(
        [
            Line(
                event,
                acteur.author,
                Subject("usager", usager.public_id),
                at,
                usager.public_id,
                said,
            )
            for usager in (row.kept, row.merged)
        ]
    )


def follow_late_rows(*, at: datetime) -> int:
    """What was being written on the other file while it was hidden follows too; how many rows.

    Only files brought together a moment ago: nothing is written on a hidden file afterwards.
    """
    late = Rapprochement.objects.standing().filter(made_at__gt=at - LATE).order_by("pk")
    return sum(_follow_late(row.pk) for row in late)


@transaction.atomic
def _follow_late(pk: int) -> int:
    row = Rapprochement.objects.select_related("kept", "merged").get(pk=pk)
    kept = lock(row.kept)
    merged = lock(row.merged)
    row = Rapprochement.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.undone_at is not None or kept.merged_into_id is not None or kept.erased_at is not None:
        return 0
    moved = carry(kept, merged)
    if moved:
        row.moved = [*row.moved, *(list(one) for one in moved)]
        row.changes = [*row.changes, *_settle_channels(kept, merged, moved, row.made_at)]
        row.save(update_fields=["moved", "changes"])
    return len(moved)
