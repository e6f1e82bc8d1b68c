"""Addresses of entraide."""

from django.urls import path

from tandem.entraide import views

app_name = "entraide"

urlpatterns = [
    path("", views.appels, name="appels"),
    path("appeler/", views.call, name="call"),
    path("<uuid:appel_id>/venir/", views.answer, name="answer"),
    path("<uuid:appel_id>/terminer/", views.end, name="end"),
]
