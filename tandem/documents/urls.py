"""Addresses of the documents of a mandat, under /mandats/: each stands beside the mandat it says."""

from django.urls import URLPattern, URLResolver, path

from tandem.documents import views

app_name = "documents"

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "autorisations/<uuid:autorisation_id>/papier-du-jour/",
        views.paper_of_day,
        name="paper_of_day",
    ),
    path("<uuid:mandat_id>/documents/<slug:kind>/", views.page, name="page"),
    path("<uuid:mandat_id>/documents/<slug:kind>.pdf", views.pdf, name="pdf"),
]
