"""What is being typed, kept while it is (A-07): called by the page itself, or by its button where no script runs."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tandem.accompagnements import actions, queries
from tandem.accompagnements.models import Besoin
from tandem.accompagnements.rules import BROUILLON_FIELDS, Page, page_key
from tandem.accompagnements.views.doors import identifier_in
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, aidant_required

# The button of the page sends it; a script does not.
BY_HAND = "garder"


@require_POST
@aidant_required
def keep(request: ActeurRequest, page: str) -> HttpResponse:
    """Keep the words of one form, for whoever types them; `garder` comes back to the form."""
    if page not in BROUILLON_FIELDS:
        raise Http404
    about = identifier_in(request.POST, "about")
    usager = queries.typed_about(request.acteur, Page(page), about)
    kept = actions.keep_brouillon(
        acteur=request.acteur,
        page=page_key(Page(page), about),
        fields={name: request.POST.get(name, "") for name in BROUILLON_FIELDS[page]},
        usager=usager,
        at=clock.now(),
    )
    if BY_HAND not in request.POST:
        return HttpResponse(status=204)
    if kept is None:
        messages.info(request, _("Il n’y a rien à garder : écrivez d’abord quelque chose."))
    else:
        messages.success(
            request, _("C’est gardé un jour, pour vous seul. Vous pouvez partir et revenir.")
        )
    return redirect(_form_of(request, Page(page), about))


def _form_of(request: ActeurRequest, page: Page, about: UUID | None) -> str:
    """The form where these words are found again."""
    if page is Page.BESOIN:
        new = reverse("accompagnements:besoin_new")
        return new if about is None else f"{new}?usager={about}"
    if about is None:
        return reverse("accompagnements:demarches")
    if page is Page.STEP:
        return reverse("accompagnements:step", args=[about])
    what = queries.either_visible_to(request.acteur, about)
    kind = "besoin_hand" if isinstance(what, Besoin) else "demarche_hand"
    return reverse(f"accompagnements:{kind}", args=[about])
