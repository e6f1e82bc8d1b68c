"""Signing a draft: one identification, one gesture, one mandat, whatever is clicked twice."""

import hmac
import time
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import BigAutoField, DateTimeField, Q
from django.utils.translation import gettext as _

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.models import Gesture
from tandem.comptes.rules import GestureResponse
from tandem.kernel.prepared import Prepared
from tandem.mandats.actions import (
    IdentityRefused,
    MandatRefused,
    NotAllowed,
    sign_agreement,
)
from tandem.mandats.models import Mandat
from tandem.mandats.rules import is_fresh
from tandem.signature import permissions
from tandem.signature.models import Draft
from tandem.signature.queries import answers_of, mark_of, signing_of, with_acteur
from tandem.signature.rules import Step, missing_step
from tandem.structures.models import Acteur
from tandem.structures.queries import reread

# How long one request may hold a draft to sign it, and how a second one waits for its result.
CLAIM: Final = timedelta(seconds=30)
_WAITS: Final = 50
_WAIT_SECONDS: Final = 0.1


def sign_act(draft: Draft) -> str:
    """The name of the act that the gesture is bound to."""
    return f"mandat.sign:{draft.public_id}"


class RecapChanged(MandatRefused):
    """Not what the page showed: the person or an answer changed in another tab. Nothing is signed."""

    code = "recap_changed"


def sign_mandat(
    *, acteur: Acteur, draft: Draft, shown: str, response: GestureResponse, at: datetime
) -> Mandat:
    """Sign the draft, once; the same draft signed again gives the same mandat (S-24, R-09).

    `shown` is the mark of the recap that was on the screen (`queries.mark_of`).

    Raises:
        RecapChanged: the draft is not what the recap showed.
        MandatRefused: something changed since the draft was prepared; the draft is kept.
        IdentityRefused: the identification is too old, or another person's.
        GestureRefused: the second factor was not shown.
    """
    if not permissions.may_continue(acteur, draft) or acteur.compte is None:
        raise NotAllowed(
            _("Ce mandat est préparé par quelqu’un d’autre, ou pour une autre structure.")
        )
    if draft.mandat is not None:
        return draft.mandat
    # Signed since it was read: nothing is left to claim, and its mandat is the result.
    if not _claim(draft, at):
        return _wait_for_result(draft)
    try:
        # Before the gesture, so that a code is not spent; and again under the lock.
        _ensure_as_shown(draft, shown)
        gesture = verify_gesture(
            compte=acteur.compte, act=sign_act(draft), response=response, at=at
        )
        return sign_draft(acteur=acteur, draft=draft, shown=shown, gesture=gesture, at=at)
    finally:
        Draft.objects.filter(pk=draft.pk).update(signing_at=None)


def _signed(draft: Draft) -> Mandat | None:
    return Mandat.objects.filter(draft=draft).select_related("structure", "usager").first()


def _claim(draft: Draft, at: datetime) -> bool:
    """Be the one request that signs: a double click must not spend a second gesture."""
    free = Q(signing_at=None) | Q(signing_at__lt=at - CLAIM)
    rows = Draft.objects.filter(free, pk=draft.pk, mandat=None)
    return bool(rows.update(signing_at=at))


def _wait_for_result(draft: Draft) -> Mandat:
    for _i in range(_WAITS):
        signed = _signed(draft)
        if signed is not None:
            return signed
        if not Draft.objects.filter(pk=draft.pk, signing_at__isnull=False).exists():
            break
        time.sleep(_WAIT_SECONDS)
    # It may have been signed between the two questions.
    if (signed := _signed(draft)) is not None:
        return signed
    raise MandatRefused(
        _("La signature n’a pas abouti. Vérifiez la liste des mandats, puis recommencez.")
    )


def _ensure_as_shown(draft: Draft, shown: str) -> None:
    """One screen, one person: the gesture answers for what was read, and for nothing else (S-08)."""
    if not hmac.compare_digest(mark_of(draft), shown):
        raise RecapChanged(
            _("Ce mandat a changé dans une autre fenêtre : rien n’est signé. Relisez, puis signez.")
        )


def sign_draft(
    *,
    acteur: Acteur,
    draft: Draft,
    gesture: Gesture | None,
    at: datetime,
    shown: str | None = None,
) -> Mandat:
    """The transaction of a signature, below the gesture: everything stands, or nothing.

    Without a screen (`shown` is None), what is signed is the draft as it stands.

    Raises: as `sign_mandat`.
    """
    with transaction.atomic():
        row = _draft_to_sign(acteur, draft, at)
        if shown is not None:
            _ensure_as_shown(row, shown)
        if gesture is not None:
            use_gesture(gesture=gesture, compte=gesture.compte, act=sign_act(draft), at=at)
        mandat = sign_agreement(acteur=acteur, signing=signing_of(row), at=at)
        close_draft(row, mandat)
    return mandat


def _draft_to_sign(acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The draft read again under its lock, and everything that may have changed since it was shown."""
    row = _TO_SIGN.first(draft.pk, at)
    if row is None:
        raise MandatRefused(_("Ce mandat en préparation n’existe plus : commencez-en un autre."))
    now = reread(acteur)
    if not permissions.may_continue(now, row):
        raise NotAllowed(_("Vous ne pouvez plus agir pour cette structure."))
    if not is_fresh(row.identified_at, at=at):
        raise IdentityRefused(
            _("L’identification date de plus de dix minutes. La personne s’identifie à nouveau.")
        )
    if missing_step(answers_of(row), identified=True) is not Step.RECAP:
        raise MandatRefused(_("Il reste des questions sans réponse : reprenez le mandat."))
    return with_acteur(row, now)


_TO_SIGN = Prepared(
    lambda pk, at: (
        Draft.objects.select_for_update().filter(pk=pk, expires_at__gt=at, mandat=None).order_by()
    ),
    BigAutoField(),
    DateTimeField(),
)


def close_draft(draft: Draft, mandat: Mandat) -> None:
    """The draft keeps its result for a second click, and nothing else: not the identity."""
    draft.mandat = mandat
    draft.content = {}
    draft.signing_at = None
    draft.save(update_fields=["mandat", "content", "signing_at"])
