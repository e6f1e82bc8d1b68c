"""Addresses of the road of paper, under /papier/."""

from django.urls import URLPattern, URLResolver, path

from tandem.papier.views import declining, originals, sheets

app_name = "papier"

_DRAFT = "brouillons/<uuid:draft_id>/"
_MANDAT = "mandats/<uuid:mandat_id>/originaux/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("usagers/<uuid:usager_id>/nouveau/", sheets.start, name="start"),
    path(f"{_DRAFT}route/", sheets.road, name="take_road"),
    path(_DRAFT, sheets.sheet, name="sheet"),
    path(f"{_DRAFT}feuille/", sheets.printed, name="printed"),
    path(f"{_DRAFT}feuille.pdf", sheets.pdf, name="pdf"),
    path(f"{_DRAFT}signee/", sheets.note, name="note"),
    path("non/", declining.decline, name="decline"),
    path("non/fait/", declining.declined, name="declined"),
    path("feuilles/", sheets.waiting, name="waiting"),
    path("feuilles/<uuid:sheet_id>/", sheets.decide, name="decide"),
    path(_MANDAT, originals.originals, name="originals"),
    path(f"{_MANDAT}ajouter/", originals.keep, name="keep"),
    path(f"{_MANDAT}<uuid:confirmation_id>/ajouter/", originals.keep, name="keep_of_day"),
    path("originaux/<uuid:original_id>/", originals.original, name="original"),
    path("autorisations/<uuid:autorisation_id>/acte/", originals.elsewhere, name="elsewhere"),
]
