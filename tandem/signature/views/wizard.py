"""The wizard: one question a page, kept on the server, left and resumed at will."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.kernel import clock
from tandem.mandats import texts
from tandem.mandats.actions import MandatRefused
from tandem.mandats.texts import Text
from tandem.referentiels import queries as referentiels
from tandem.signature import actions, queries
from tandem.signature.forms import draft as forms
from tandem.signature.models import Draft
from tandem.signature.rules import Road, Step, may_open
from tandem.signature.views.pages import draft_context, onward, reminders
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.structures.queries import affectations_of
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.models import Usager
from tandem.usagers.queries import proven_channel, usager_visible_to

MakeForm = Callable[[Any, Draft, datetime], Form]


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def start(request: ActeurRequest) -> HttpResponse:
    """What is being prepared, and the way to begin another; POST begins one."""
    at = clock.now()
    if request.method == "POST":
        usager = _asked_usager(request)
        draft = actions.start_draft(acteur=request.acteur, usager=usager, at=at)
        return redirect("signature:draft", draft.public_id)
    drafts = [
        {"draft": draft, "answers": queries.answers_of(draft)}
        for draft in queries.drafts_visible_to(request.acteur, at=at)[:20]
    ]
    context = {"drafts": drafts, "at": at, "usager_id": request.GET.get("usager", "")}
    return render(request, "signature/start.html", context)


def _asked_usager(request: ActeurRequest) -> Usager | None:
    asked = request.POST.get("usager", "")
    if not asked:
        return None
    try:
        return usager_visible_to(request.acteur, UUID(asked))
    except ValueError as error:
        raise Http404 from error


@aidant_required
def draft(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """The next question of this draft; signed, its mandat."""
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    return onward(row, at)


@require_POST
@aidant_required
def discard(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Give the draft up."""
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    actions.discard_draft(acteur=request.acteur, draft=row, at=at)
    messages.success(request, _("C’est effacé : rien n’est gardé de ce mandat en préparation."))
    return redirect("signature:start")


def _question(
    request: ActeurRequest,
    draft_id: UUID,
    step: Step,
    make_form: MakeForm,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """One page of the wizard: its form, then the next question."""
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    if row.mandat is not None or not may_open(step, missing=queries.step_of(row, at=at)):
        return redirect("signature:draft", draft_id)
    form = make_form(data_of(request), row, at)
    if form.is_bound and form.is_valid():
        try:
            kept = actions.save_answers(acteur=request.acteur, draft=row, at=at, **form.changes())  # type: ignore[attr-defined]  # each form of the wizard has it
        except MandatRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return onward(kept, at)
    context = {**draft_context(row, step, at), **(more or {})}
    return render_form(request, f"signature/{step}.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def demarches(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """For what. The search keeps what is ticked, and saves nothing."""
    searching = request.method == "POST" and "chercher" in request.POST
    themes = [theme for theme in referentiels.themes() if request.acteur.allows_theme(theme.key)]
    rows = list(referentiels.demarches())
    q = request.POST.get("q", "").strip() if searching else ""
    found = frozenset(row.slug for row in referentiels.search_demarches(q)) if q else None

    def make_form(data: Any, row: Draft, _at: datetime) -> Form:
        answers = queries.answers_of(row)
        return forms.DemarchesForm(
            data, answers=answers, themes=themes, demarches=rows, found=found
        )

    if not searching:
        return _question(request, draft_id, Step.DEMARCHES, make_form)
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    context = {**draft_context(row, Step.DEMARCHES, at), "found": found, "q": q}
    form = make_form(request.POST, row, at)
    return render(request, "signature/demarches.html", {**context, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def duree(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Until when."""

    def make_form(data: Any, row: Draft, at: datetime) -> Form:
        return forms.DureeForm(
            data, answers=queries.answers_of(row), structure=row.affectation.structure, at=at
        )

    return _question(request, draft_id, Step.DUREE, make_form)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def presence(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """How, line by line."""

    def make_form(data: Any, row: Draft, _at: datetime) -> Form:
        answers = queries.answers_of(row)
        return forms.PresenceForm(data, answers=answers, lines=queries.draft_lines(answers))

    return _question(request, draft_id, Step.PRESENCE, make_form)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def contact(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """How the person is told."""

    def make_form(data: Any, row: Draft, _at: datetime) -> Form:
        known = proven_channel(row.usager) if row.usager is not None else None
        return forms.ContactForm(data, answers=queries.answers_of(row), known=known)

    return _question(request, draft_id, Step.CONTACT, make_form)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def reading(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """The text, in the words and the language the person reads best; then three points."""
    # Known once the draft is: each road has its own text.
    shown: dict[str, Any] = {}

    def make_form(data: Any, row: Draft, at: datetime) -> Form:
        answers = queries.answers_of(row)
        version = texts.current_version(paper=answers.road == Road.PAPER)
        known = {found.name: found for found in texts.texts(version)}
        text = known.get(request.GET.get("texte", ""), known[texts.SIGNED])
        shown.update(text=text, languages=_languages(known.values(), text))
        return forms.ReadingForm(data, answers=answers, text=text, reminders=reminders(row, at))

    return _question(request, draft_id, Step.READING, make_form, shown)


def _languages(known: Iterable[Text], read: Text) -> list[dict[str, Any]]:
    return [
        {
            "code": found.language,
            "label": found.label,
            "href": f"?texte={found.name}",
            "current": found == read,
        }
        for found in known
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def protection(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """May the person sign alone, and could they speak freely."""
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    if row.mandat is not None or not may_open(Step.PROTECTION, missing=queries.step_of(row, at=at)):
        return redirect("signature:draft", draft_id)
    form = forms.ProtectionForm(data_of(request), answers=queries.answers_of(row))
    if form.is_bound and form.is_valid():
        kept = actions.answer_protection_questions(
            acteur=request.acteur, draft=row, at=at, **form.cleaned_data
        )
        return onward(kept, at)
    return render_form(
        request,
        "signature/protection.html",
        draft_context(row, Step.PROTECTION, at),
        form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def aidants(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Who may act: off the main road, the whole team being the usual answer."""
    at = clock.now()
    row = queries.draft_of(request.acteur, draft_id, at=at)
    if row.mandat is not None:
        return redirect("signature:draft", draft_id)
    team = [a for a in affectations_of(row.affectation.structure) if a.is_live and a.habilite_at]
    data = data_of(request)
    form = forms.AidantsForm(data, answers=queries.answers_of(row), team=team)
    if form.is_bound and form.is_valid():
        kept = actions.save_answers(acteur=request.acteur, draft=row, at=at, **form.changes())
        return onward(kept, at)
    return render_form(
        request, "signature/aidants.html", draft_context(row, Step.READING, at), form
    )
