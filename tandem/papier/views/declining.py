"""The page where someone says no to a sheet brought in their name."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tandem.kernel import clock
from tandem.papier import actions
from tandem.papier.forms import RefusalForm
from tandem.structures.access import public_page
from tandem.ui.shortcuts import data_of, render_form


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def decline(request: HttpRequest) -> HttpResponse:
    """Type the code received; POST stops the sheet."""
    at = clock.now()
    form = RefusalForm(data_of(request))
    if form.is_bound and form.is_valid():
        address = get_adapter().get_client_ip(request)
        try:
            actions.decline_by_code(code=form.cleaned_data["code"], address=address, at=at)
        except actions.PaperRefused as refusal:
            form.add_error("code", refusal.message)
        else:
            return redirect("papier:declined")
    return render_form(request, "papier/decline.html", {}, form)


@require_safe
@public_page
def declined(request: HttpRequest) -> HttpResponse:
    """It is stopped; the page holds nothing of anyone."""
    return render(request, "papier/declined.html")
