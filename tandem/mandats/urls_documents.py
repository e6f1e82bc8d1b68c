"""Addresses of the documents of a mandat, included by urls.py."""

from django.urls import URLPattern, path

from tandem.mandats.views import documents

patterns: list[URLPattern] = [
    path(
        "autorisations/<uuid:autorisation_id>/papier-du-jour/",
        documents.paper_of_day,
        name="paper_of_day",
    ),
    path("<uuid:mandat_id>/documents/<slug:kind>/", documents.document, name="document"),
    path("<uuid:mandat_id>/documents/<slug:kind>.pdf", documents.document_pdf, name="document_pdf"),
]
