"""Writes of practice sheets: a version, a report, a thank-you, a text hidden."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.fiches import events, permissions
from tandem.fiches.models import Change, Fiche, Thanks, Version
from tandem.fiches.rules import AUTHOR_KEPT_AFTER_LEAVING, HiddenBy, HideReason, Texts, row_id
from tandem.journal.actions import record
from tandem.journal.rules import Event, Subject
from tandem.kernel.refusals import NotAllowed, Refusal
from tandem.kernel.text import clean_text
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation


class FicheRefused(Refusal):
    """The text is not possible as it is; the message says why."""


class WrittenMeanwhile(FicheRefused):
    """Another version came while this one was being written: nothing is overwritten unread."""

    code = "written_meanwhile"


def _affectation(acteur: Acteur) -> Affectation:
    if acteur.affectation is None or not permissions.may_write(acteur):
        raise NotAllowed(_("Vous ne pouvez pas écrire de fiche en ce moment."))
    return acteur.affectation


@transaction.atomic
def write_version(
    *, acteur: Acteur, demarche: Demarche, texts: Texts, based_on: int, key: UUID, at: datetime,
    overridden: Sequence[str] = (),
) -> Version:  # fmt: skip
    """Say what a démarche is in practice; the reports made before are answered by it.

    `based_on`: the number of the version that was read while writing, 0 for none. The same `key` writes once.

    Raises:
        WrittenMeanwhile: another version is shown now.
        FicheRefused: empty, or nothing changed.
        NotAllowed: the acteur may not act.
    """
    affectation = _affectation(acteur)
    said = Texts(*(clean_text(t) for t in (texts.traps, texts.limits, texts.correspondents)))
    if said.is_empty:
        raise FicheRefused(_("Écrivez au moins un piège, une limite ou un correspondant."))
    Fiche.objects.get_or_create(demarche=demarche, defaults={"opened_at": at})
    fiche = Fiche.objects.select_for_update().get(demarche=demarche)
    identifier = row_id(affectation.public_id, key, demarche.slug, said)
    known = Version.objects.filter(fiche=fiche, public_id=identifier).first()
    if known is not None:
        return known
    _require_read(fiche, said, based_on)
    last = Version.objects.filter(fiche=fiche).order_by("-number").first()
    version = Version.objects.create(
        public_id=identifier,
        fiche=fiche,
        number=1 if last is None else last.number + 1,
        traps=said.traps,
        limits=said.limits,
        correspondents=said.correspondents,
        structure=affectation.structure,
        author=affectation,
        at=at,
    )
    Change.objects.standing().filter(demarche=demarche, at__lte=at).update(resolved_at=at)
    facts = {"demarche": demarche.slug, "number": version.number, **_waved(overridden)}
    _trace(events.VERSION_WRITTEN, acteur, version, at, facts)
    return version


def _require_read(fiche: Fiche, said: Texts, based_on: int) -> None:
    shown = Version.objects.shown().filter(fiche=fiche).order_by("-number").first()
    if based_on != (0 if shown is None else shown.number):
        raise WrittenMeanwhile(
            _("Quelqu’un a changé la fiche pendant que vous écriviez. Relisez-la, puis complétez.")
        )
    if shown and said == Texts(shown.traps, shown.limits, shown.correspondents):
        raise FicheRefused(_("Rien n’a changé dans cette fiche."))


def _waved(overridden: Sequence[str]) -> dict[str, Any]:
    return {"secret_override": list(overridden)} if overridden else {}


def _trace(
    event: Event, acteur: Acteur, what: Version | Change, at: datetime, facts: dict[str, Any]
) -> None:
    label = "version" if isinstance(what, Version) else "change"
    subject = Subject(label, what.public_id)
    record(event, author=acteur.author, subject=subject, at=at, facts=facts)


@transaction.atomic
def report_change(
    *, acteur: Acteur, demarche: Demarche, words: str, key: UUID, at: datetime,
    overridden: Sequence[str] = (),
) -> Change:  # fmt: skip
    """« Ça a changé »: every aidant who has the démarche open sees it until a new version. The same `key` once.

    Raises:
        FicheRefused: not a word.
        NotAllowed: the acteur may not act.
    """
    affectation = _affectation(acteur)
    said = clean_text(words)
    if not said:
        raise FicheRefused(_("Dites ce qui a changé : une phrase suffit."))
    change, created = Change.objects.get_or_create(
        public_id=row_id(affectation.public_id, key, demarche.slug, said),
        defaults={
            "demarche": demarche,
            "words": said,
            "structure": affectation.structure,
            "author": affectation,
            "at": at,
        },
    )
    if created:
        facts = {"demarche": demarche.slug, **_waved(overridden)}
        _trace(events.CHANGE_REPORTED, acteur, change, at, facts)
    return change


@transaction.atomic
def thank(*, acteur: Acteur, demarche: Demarche, at: datetime) -> bool:
    """One thank-you per aidant and sheet; False when it was said already. Nobody sees who.

    Raises:
        FicheRefused: nobody wrote anything yet.
        NotAllowed: the acteur may not act.
    """
    affectation = _affectation(acteur)
    fiche = Fiche.objects.filter(demarche=demarche).first()
    if fiche is None:
        raise FicheRefused(_("Cette fiche n’est pas encore écrite."))
    _thanks, created = Thanks.objects.get_or_create(
        fiche=fiche, compte=affectation.compte, defaults={"at": at}
    )
    return created


@transaction.atomic
def hide_text(*, acteur: Acteur, what: Version | Change, reason: HideReason, at: datetime) -> None:
    """Take a version or a report away from every reader; the version before it is shown again.

    Raises:
        NotAllowed: neither a référent of the structure that wrote it nor an operator; or hidden already.
    """
    model = type(what)
    row = model._default_manager.select_for_update(of=("self",)).get(pk=what.pk)
    if not permissions.may_hide(acteur, row):
        raise NotAllowed(
            _(
                "Seul un référent de la structure qui a écrit, ou l’opérateur, peut masquer ce texte."
            )
        )
    row.hidden_at, row.hide_reason = at, reason
    row.hidden_by = HiddenBy.REFERENT if acteur.may_manage else HiddenBy.OPERATOR
    row.save(update_fields=["hidden_at", "hide_reason", "hidden_by"])
    _trace(events.HIDDEN, acteur, row, at, {**_about(row), "reason": str(reason)})


@transaction.atomic
def show_text(*, acteur: Acteur, what: Version | Change, at: datetime) -> None:
    """Give a hidden version or report back to its readers: hidden by mistake, or corrected elsewhere.

    Raises:
        NotAllowed: neither an operator nor a référent of the structure that wrote and hid it; or not hidden.
    """
    model = type(what)
    row = model._default_manager.select_for_update(of=("self",)).get(pk=what.pk)
    if not permissions.may_show(acteur, row):
        raise NotAllowed(_("Ce texte a été masqué par l’opérateur : demandez-lui."))
    row.hidden_at, row.hide_reason, row.hidden_by = None, "", ""
    row.save(update_fields=["hidden_at", "hide_reason", "hidden_by"])
    _trace(events.SHOWN, acteur, row, at, _about(row))


def _about(row: Version | Change) -> dict[str, Any]:
    """Which sheet, and which kind of text: never a word of it."""
    if isinstance(row, Version):
        return {"demarche": row.fiche.demarche.slug, "what": "version"}
    return {"demarche": row.demarche.slug, "what": "change"}


@transaction.atomic
def forget_authors(*, at: datetime) -> int:
    """Forget who wrote, some months after they left; the texts and the structures stay. Returns how many texts."""
    left = {"author__ended_at__lte": at - AUTHOR_KEPT_AFTER_LEAVING}
    return sum(
        model._default_manager.filter(**left).update(author=None) for model in (Version, Change)
    )
