"""Letters of a person: choose a modèle, tell, edit, print, say when it left."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tandem.courriers import actions, queries
from tandem.courriers.forms import COMMON_LIMITS, LettreForm, SentForm, WriteForm
from tandem.courriers.modeles import FREE, Modele, modeles
from tandem.courriers.models import Lettre, LettreVersion
from tandem.courriers.pdf import lettre_pdf
from tandem.courriers.rules import SendWay, blocks_of, count, runs_of
from tandem.courriers.views.doors import (
    lettre_page,
    page_of,
    version_page,
)
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import person_page
from tandem.usagers.models import Usager


@require_safe
@person_page
def lettre_list(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """The letters of one person."""
    rows = queries.lettres_of(request.acteur, usager)
    context = {"usager": usager, "page": page_of(request, rows)}
    return render(request, "courriers/lettres.html", context)


@require_safe
@person_page
def lettre_choose(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Which letter: the free one first, then the others by who they go to."""
    every = modeles()
    others = [modele for slug, modele in every.items() if slug != FREE]
    groups = [
        {"title": title, "modeles": list(rows)}
        for title, rows in groupby(others, key=lambda modele: modele.group)
    ]
    context = {"usager": usager, "free": every[FREE], "groups": groups}
    return render(request, "courriers/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def lettre_write(request: ActeurRequest, usager: Usager, modele: str) -> HttpResponse:
    """What to tell before the letter is laid out; nothing is required."""
    chosen = _modele(modele)
    form = WriteForm(
        data_of(request),
        modele=chosen,
        demarches=queries.demarches_to_serve(request.acteur, usager),
    )
    if request.method == "POST" and form.is_valid():
        try:
            lettre = actions.write_lettre(
                acteur=request.acteur,
                usager=usager,
                modele=chosen,
                told=form.told,
                form_key=form.cleaned_data["form_key"],
                overridden=form.overridden,
                at=clock.now(),
            )
        except actions.CourrierRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("courriers:lettre_edit", lettre.public_id)
    return render_form(request, "courriers/write.html", {"usager": usager, "modele": chosen}, form)


def _modele(slug: str) -> Modele:
    found = modeles().get(slug)
    if found is None:
        raise Http404
    return found


@require_safe
@lettre_page
def lettre(request: ActeurRequest, row: Lettre) -> HttpResponse:
    """The letter as it will be printed, what is missing first."""
    version = queries.current_version(row)
    context = {"lettre": row, "versions": queries.versions_of(row), **_shown(version)}
    return render(request, "courriers/lettre.html", context)


@require_safe
@version_page
def version(request: ActeurRequest, row: LettreVersion) -> HttpResponse:
    """What the letter said at one save."""
    context = {"lettre": row.lettre, "versions": (), **_shown(row)}
    return render(request, "courriers/lettre.html", context)


def _shown(row: LettreVersion) -> dict[str, object]:
    """What the page draws: lines cut where something is missing."""
    says = row.says
    return {
        "version": row,
        "old": row.number != row.lettre.number,
        "usager": row.lettre.usager,
        "says": says,
        "place_date": [runs_of(says.place_date)],
        "subject": [runs_of(says.subject)],
        "letterhead": [runs_of(line) for line in says.letterhead.split("\n")],
        "sender": [runs_of(line) for line in says.sender_lines.split("\n")],
        "recipient": [runs_of(line) for line in says.recipient.split("\n")],
        "signature": [runs_of(line) for line in says.signature.split("\n")],
        "blocks": blocks_of(says.body),
        "missing": says.missing,
        "count": count(says.body),
        "over": count(says.body).over(row.limit_count, row.limit_unit),
    }


@require_safe
@lettre_page
def lettre_pdf_file(_request: ActeurRequest, row: Lettre) -> HttpResponse:
    """The letter on paper, under a name that says nothing of anyone."""
    content = lettre_pdf(queries.current_version(row), at=clock.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="lettre.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@lettre_page
def lettre_edit(request: ActeurRequest, row: Lettre) -> HttpResponse:
    """The whole text; each save is a version. « Compter » counts without saving, for pages without script."""
    last = queries.current_version(row)
    says = last.says
    initial = {**last.content, "limit_count": last.limit_count, "limit_unit": last.limit_unit}
    form = LettreForm(
        data_of(request),
        initial={**initial, "based_on": last.number},
        letterhead=says.letterhead,
    )
    if request.method == "POST" and form.is_valid() and "count" not in request.POST:
        try:
            actions.save_lettre(
                acteur=request.acteur,
                lettre=row,
                content=form.content,
                limit=form.limit,
                based_on=form.cleaned_data["based_on"],
                overridden=form.overridden,
                at=clock.now(),
            )
        except actions.CourrierRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("courriers:lettre", row.public_id)
    return render_form(request, "courriers/edit.html", _edited(row, last, form), form)


def _edited(row: Lettre, last: LettreVersion, form: LettreForm) -> dict[str, object]:
    """The counts of what is on the page, whether it holds or not."""
    shown = form["body"].value() or ""
    counted = count(shown)
    limit, unit = last.limit_count, last.limit_unit
    if form.is_bound:
        limit = form.cleaned_data.get("limit_count")
        unit = form.cleaned_data.get("limit_unit", unit)
    modele = modeles().get(row.modele)
    return {
        "lettre": row,
        "last": last,
        "usager": row.usager,
        "modele": modele,
        "count": counted,
        "limit": limit,
        "unit": unit,
        "over": counted.over(limit, unit),
        "common_limits": COMMON_LIMITS,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@lettre_page
def lettre_sent(request: ActeurRequest, row: Lettre) -> HttpResponse:
    """Say when and how the letter left."""
    at = clock.now()
    initial = {"sent_on": row.sent_on or row.usager.local_date(at), "way": row.sent_way}
    form = SentForm(data_of(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_sent(
                acteur=request.acteur,
                lettre=row,
                sent_on=form.cleaned_data["sent_on"],
                way=SendWay(form.cleaned_data["way"]),
                at=at,
            )
        except actions.CourrierRefused as refusal:
            form.add_error("sent_on", refusal.message)
        else:
            messages.success(request, _("C’est noté."))
            return redirect("courriers:lettre", row.public_id)
    context = {"lettre": row, "usager": row.usager}
    return render_form(request, "courriers/sent.html", context, form)
