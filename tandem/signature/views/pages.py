"""What the pages of the wizard show around their question."""

from collections.abc import Mapping
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.mandats.actions.statement import mask
from tandem.mandats.rules import ContactKind, Duree, Presence, ends_at
from tandem.referentiels.queries import describe_scopes, place_name
from tandem.signature import queries
from tandem.signature.actions import sign_act
from tandem.signature.models import Draft
from tandem.signature.rules import Answers, Road, Step
from tandem.ui.rules import date_words

STEP_LABELS = {
    Step.DEMARCHES: gettext_lazy("les démarches"),
    Step.DUREE: gettext_lazy("la durée"),
    Step.PRESENCE: gettext_lazy("la façon d’agir"),
    Step.PROTECTION: gettext_lazy("deux questions"),
    Step.CONTACT: gettext_lazy("prévenir la personne"),
    Step.READING: gettext_lazy("lire ensemble"),
    Step.IDENTIFICATION: gettext_lazy("identification"),
    Step.IDENTITY: gettext_lazy("vérifier l’identité"),
    Step.RECAP: gettext_lazy("signer"),
}


def onward(draft: Draft, at: datetime) -> HttpResponse:
    """To the next question of this draft; signed, to its mandat."""
    if draft.mandat is not None:
        return redirect("mandats:signed", draft.mandat.public_id)
    step = queries.step_of(draft, at=at)
    if step is Step.IDENTIFICATION and queries.answers_of(draft).road == Road.PAPER:
        return redirect("papier:sheet", draft.public_id)
    return redirect(f"signature:draft_{step}", draft.public_id)


def draft_context(draft: Draft, step: Step, at: datetime) -> dict[str, object]:
    """The draft, its answers in words, and where one is."""
    answers = queries.answers_of(draft)
    steps = steps_of(answers)
    lines = queries.draft_lines(answers)
    return {
        "draft": draft,
        "answers": answers,
        "person": draft.usager.display_name if draft.usager else "",
        "structure": draft.affectation.structure,
        "lines": lines,
        "lines_words": [_words(line) for line in lines],
        "end": _end(draft, at),
        "contact_words": _contact_words(answers),
        "former": draft.transferred_from,
        "at": at,
        "current": steps.index(step) + 1,
        "total": len(steps),
        "label": STEP_LABELS[step],
        "previous": f"signature:draft_{steps[steps.index(step) - 1]}" if step != steps[0] else "",
    }


def steps_of(answers: Answers) -> list[Step]:
    """The pages of this road: on paper, the sheet comes after the reading, and is the last."""
    steps = list(Step)
    by_hand = answers.road == Road.PAPER
    return steps[: steps.index(Step.IDENTIFICATION) + 1] if by_hand else steps


_CONTACT_WORDS = {
    ContactKind.KNOWN: gettext_lazy("comme d’habitude"),
    ContactKind.SMS: gettext_lazy("par SMS"),
    ContactKind.EMAIL: gettext_lazy("par courriel"),
    ContactKind.PAPER: gettext_lazy("sur papier et de vive voix"),
}


def _contact_words(answers: Answers) -> str:
    if not answers.contact_kind:
        return ""
    words = str(_CONTACT_WORDS[ContactKind(answers.contact_kind)])
    hint = mask(answers.contact_kind, answers.contact_value) if answers.contact_value else ""
    return f"{words}, {hint}" if hint else words


_WAYS = {
    Presence.PRESENCE: gettext_lazy("avec la personne"),
    Presence.TELEPHONE: gettext_lazy("au téléphone avec elle"),
    Presence.ABSENCE: gettext_lazy("sans elle"),
}


def _words(line: queries.DraftLine) -> str:
    """« Déclarer ses revenus : avec la personne, au téléphone avec elle »."""
    ways = ", ".join(str(_WAYS[Presence(way)]) for way in line.presence)
    return f"{line.scope.title} : {ways}" if ways else line.scope.title


def _end(draft: Draft, at: datetime) -> date | None:
    """The last day, if it were signed now."""
    answers = queries.answers_of(draft)
    if not answers.duree:
        return None
    zone = draft.affectation.structure.zone
    return ends_at(Duree(answers.duree), signed_at=at, tz=zone).astimezone(zone).date()


def reminders(draft: Draft, at: datetime) -> dict[str, str]:
    """What the person should be able to say of each of the three points, in this mandat."""
    structure, answers, end = (
        draft.affectation.structure,
        queries.answers_of(draft),
        _end(draft, at),
    )
    who = (
        _("%(count)s aidants choisis") % {"count": len(answers.aidants)}
        if answers.aidants
        else _("les aidants")
    )
    values = {"who": who, "name": structure.name}
    return {
        "who": _("%(name)s : %(who)s, seulement pour ce qui est écrit.") % values,
        "until": "" if end is None else _("Jusqu’au %(day)s.") % {"day": date_words(end)},
        "stop": _("Au guichet, au téléphone ou avec la feuille, sans dire pourquoi."),
    }


def _row(label: str, value: object, href: str = "") -> dict[str, object]:
    kind = "lines" if isinstance(value, list) else "value"
    return {"label": label, kind: value} | ({"href": href} if href else {})


def identity_rows(identity: Mapping[str, str]) -> list[dict[str, object]]:
    """The identity received, in the words of a card of identity."""
    place = identity["birthplace"] or identity["birthcountry"]
    rows = [
        _row(_("Prénoms"), identity["given_names"]),
        _row(_("Nom de naissance"), identity["family_name"]),
        _row(_("Né ou née le"), birthdate_words(identity["birthdate"])),
        _row(_("À"), place_name(place) if place else ""),
    ]
    if identity["preferred_name"]:
        rows.insert(2, _row(_("Nom d’usage"), identity["preferred_name"]))
    return rows


def birthdate_words(birthdate: str) -> str:
    """« 12 mars 1955 », « mars 1955 » or « 1955 » when the rest is not known."""
    year, month, day = (int(part) for part in birthdate.split("-"))
    if not month:
        return str(year)
    words = date_words(date(year, month, day or 1))
    return words if day else words.split(" ", 1)[1]


def recap_context(draft: Draft, at: datetime) -> dict[str, object]:
    """Everything the mandat will say, and what it changes to what stands."""
    answers = queries.answers_of(draft)
    changes = queries.changes_by(answers, usager=draft.usager, at=at, renews=draft.renews)
    return {
        "changes": changes,
        "changes_words": _changes_words(changes),
        "identity_rows": identity_rows(answers.identity) if answers.identity else [],
        "act": sign_act(draft),
        "mark": queries.mark_of(draft),
    }


def _changes_words(changes: queries.Changes | None) -> list[dict[str, object]]:
    if changes is None:
        return []
    found = changes.difference
    parts = [
        (_("Nouveau"), found.added),
        (_("Ne sera plus permis"), found.removed),
        (_("Sera permis plus largement"), found.widened),
        (_("Sera permis moins largement"), found.narrowed),
        (_("Ne change pas"), found.unchanged),
    ]
    return [
        _row(label, [scope.title for scope in describe_scopes(scopes)])
        for label, scopes in parts
        if scopes
    ]
