"""The page where anyone who holds a mandat checks it: a clerk with a telephone, a bank desk."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.mandats.queries import code_words
from tandem.preuves import actions
from tandem.preuves.forms import CodeForm
from tandem.structures.access import public_page
from tandem.ui.shortcuts import data_of, render_form


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """No cache, no index: an address that holds a code is shown once and forgotten."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def start(request: HttpRequest) -> HttpResponse:
    """Type the code; POST leads to its page."""
    form = CodeForm(data_of(request))
    if form.is_bound and form.is_valid():
        return redirect("preuves:verify", code_words(form.cleaned_data["code"]))
    return _kept_nowhere(render_form(request, "preuves/start.html", {}, form))


@get_writes("Checking is an act: the person is shown that someone looked (P-45).")
@require_GET
@public_page
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Valid, ended or unknown: five fields at most, and nobody's name."""
    at = clock.now()
    address = get_adapter().get_client_ip(request)
    result = actions.verify_code(code=code, address=address, at=at)
    return _kept_nowhere(render(request, "preuves/verify.html", {"result": result, "at": at}))
