"""What is being typed, kept while it is (A-07): called by the page itself."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from tandem.accompagnements import actions, queries
from tandem.accompagnements.rules import BROUILLON_FIELDS, Page, page_key
from tandem.accompagnements.views.doors import identifier_in
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, aidant_required


@require_POST
@aidant_required
def keep(request: ActeurRequest, page: str) -> HttpResponse:
    """Keep the words of one form, for whoever types them."""
    if page not in BROUILLON_FIELDS:
        raise Http404
    about = identifier_in(request.POST, "about")
    usager = queries.typed_about(request.acteur, Page(page), about)
    actions.keep_brouillon(
        acteur=request.acteur,
        page=page_key(Page(page), about),
        fields={name: request.POST.get(name, "") for name in BROUILLON_FIELDS[page]},
        usager=usager,
        at=clock.now(),
    )
    return HttpResponse(status=204)
