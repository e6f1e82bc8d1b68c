"""Addresses of the tests: one page per door, one without any, and the whole site around them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tandem.structures.access import (
    ActeurRequest,
    aidant_required,
    compte_required,
    operator_required,
    protocol_endpoint,
    public_page,
    referent_required,
)


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open by mistake")


@public_page
def for_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse("public")


@compte_required
def for_comptes(request: HttpRequest) -> HttpResponse:
    return HttpResponse("compte")


@aidant_required
def for_aidants(request: ActeurRequest) -> HttpResponse:
    return HttpResponse("aidant")


@referent_required
def for_referents(request: ActeurRequest) -> HttpResponse:
    return HttpResponse("referent")


@operator_required
def for_operators(request: ActeurRequest) -> HttpResponse:
    return HttpResponse(f"{request.acteur.kind} {request.acteur.author.chain}")


@protocol_endpoint
def for_machines(request: HttpRequest) -> HttpResponse:
    return HttpResponse("protocol")


urlpatterns = [
    path("sans-acces/", undeclared),
    path("ouvert/", for_all),
    path("compte/", for_comptes),
    path("aidant/", for_aidants),
    path("referent/", for_referents),
    path("operateur/", for_operators),
    path("protocole/", for_machines),
    path("", include("config.urls")),
]
