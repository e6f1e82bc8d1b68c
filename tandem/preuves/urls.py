"""Addresses of preuves, under /verifier/."""

from django.urls import URLPattern, URLResolver, path

from tandem.preuves import views

app_name = "preuves"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("<slug:code>/", views.verify, name="verify"),
]
