"""The notes on a person: read, written, corrected, withdrawn, shown to them; and what to do before a danger."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.notes import actions, queries
from tandem.notes.forms import NoteForm, TextForm
from tandem.notes.rules import Kind
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

NOTES_A_PAGE = 20
P = ParamSpec("P")


def notes_page(
    view: Callable[Concatenate[ActeurRequest, Usager, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """For aidants who see the person, 404 otherwise; each opening is a line of the journal (P-10, P-11)."""

    @wraps(view)
    def opened(
        request: ActeurRequest, public_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        usager = usager_visible_to(request.acteur, public_id)
        if request.method in {"GET", "HEAD"}:
            actions.record_reading(acteur=request.acteur, usager=usager, at=clock.now())
        return view(request, usager, *args, **kwargs)

    return get_writes("reading notes on a person is itself an act, and is journaled (P-11)")(
        aidant_required(opened)
    )


@require_safe
@notes_page
def person(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """The notes that this aidant may read, latest first."""
    rows = queries.notes_on(request.acteur, usager, at=clock.now())
    page = Paginator(rows, NOTES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "usager": usager,
        "page": page,
        "me": request.acteur.compte,
        "hidden": request.acteur.beside,
    }
    return render(request, "notes/person.html", context)


@require_http_methods(["GET", "POST"])
@notes_page
def write(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """A new note."""
    form = NoteForm(
        data_of(request),
        initial={"demarche": request.GET.get("demarche", "")},
    )
    if request.method == "POST" and form.is_valid():
        actions.write_note(
            acteur=request.acteur,
            usager=usager,
            kind=Kind(form.cleaned_data["kind"]),
            key=form.cleaned_data["key"],
            demarche_suivie=form.cleaned_data["demarche"],
            at=clock.now(),
            said=form.said,
        )
        messages.success(request, _("C’est noté."))
        return redirect("notes:person", usager.public_id)
    return render_form(request, "notes/write.html", {"usager": usager}, form)


@require_http_methods(["GET", "POST"])
@notes_page
def correct(request: ActeurRequest, usager: Usager, note_id: UUID) -> HttpResponse:
    """Say one's own note better; the former text stays beside it."""
    at = clock.now()
    note = queries.own_note(request.acteur, usager, note_id, at=at)
    form = TextForm(
        data_of(request),
        initial={"text": note.text, "category": note.category, "reason": note.reason},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_note(acteur=request.acteur, note=note, said=form.said, at=at)
        except actions.NoteRefused as refusal:
            form.add_error("text", refusal.message)
        else:
            messages.success(request, _("C’est corrigé. L’ancien texte reste lisible."))
            return redirect("notes:person", usager.public_id)
    return render_form(request, "notes/correct.html", {"usager": usager, "note": note}, form)


@require_http_methods(["GET", "POST"])
@notes_page
def withdraw(request: ActeurRequest, usager: Usager, note_id: UUID) -> HttpResponse:
    """Take one's own note away, once the page has said what happens."""
    at = clock.now()
    note = queries.own_note(request.acteur, usager, note_id, at=at)
    if request.method == "POST":
        actions.withdraw_note(acteur=request.acteur, note=note, at=at)
        messages.success(request, _("C’est fait : la note est retirée."))
        return redirect("notes:person", usager.public_id)
    return render(request, "notes/withdraw.html", {"usager": usager, "note": note})


@require_safe
@get_writes("showing the person what is written is an act, and is journaled (P-11, P-15)")
@aidant_required
def shown(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """« Ce que nous avons écrit »: what this aidant may read, on a sheet for the person who asks."""
    at = clock.now()
    usager = usager_visible_to(request.acteur, public_id)
    actions.record_showing(acteur=request.acteur, usager=usager, at=at)
    context = {
        "usager": usager,
        "structure": request.acteur.structure,
        "at": at,
        "notes": queries.all_notes_on(request.acteur, usager, at=at),
        "others": queries.other_working_authors(request.acteur, usager, at=at),
    }
    return render(request, "notes/shown.html", context)


@require_safe
@aidant_required
def danger(request: ActeurRequest) -> HttpResponse:
    """What the law allows whoever holds a secret when someone is in danger; does nothing by itself (P-16)."""
    return render(request, "notes/danger.html")
