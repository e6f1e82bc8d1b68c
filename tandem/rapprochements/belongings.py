"""What usagers hang on a person, and how it follows: who follows them, channels, what is told."""

from django.db.models import Q

from tandem.rapprochements.models import Distinction, Likeness, Rapprochement
from tandem.rapprochements.moving import follows, stays
from tandem.rapprochements.queries import live_suivis, may_still_follow
from tandem.usagers.models import (
    Channel,
    Notice,
    OneTimeCode,
    RungStep,
    SearchToken,
    Suivi,
    Usager,
)


def declare() -> None:
    """Say it once, when the house opens."""
    follows(RungStep)
    follows(Notice)
    follows(Suivi, only=_who_may_follow)
    follows(Channel, only=_not_there_already)
    stays(OneTimeCode, why="a code sent before dies with the file")
    stays(SearchToken, why="the file kept is found by the names of both")
    stays(Usager, "merged_into", why="it says itself which file is kept")
    stays(Likeness, why="it finds the file it is of")
    for field in ("kept", "merged"):
        stays(Rapprochement, field, why="it is the trace of what moved")
    for field in ("first", "second"):
        stays(Distinction, field, why="someone looked at these two files, not at others")


def _who_may_follow(kept: Usager, merged: Usager) -> Q:
    """Past ones, and live ones of whoever sees both files, when they do not follow the file kept."""
    there = live_suivis(kept).values("affectation")
    allowed = may_still_follow(kept, merged)
    return Q(ended_at__isnull=False) | (Q(affectation__in=allowed) & ~Q(affectation__in=there))


def _not_there_already(kept: Usager, _merged: Usager) -> Q:
    live = Channel.objects.live().filter(usager=kept)
    return Q(ended_at__isnull=False) | ~Q(value_index__in=live.values("value_index"))
