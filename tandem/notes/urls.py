"""Addresses of the notes on a person, under /notes/."""

from django.urls import path

from tandem.notes import views

app_name = "notes"

urlpatterns = [
    path("danger/", views.danger, name="danger"),
    path("<uuid:public_id>/", views.person, name="person"),
    path("<uuid:public_id>/ecrire/", views.write, name="write"),
    path("<uuid:public_id>/lire/", views.shown, name="shown"),
    path("<uuid:public_id>/<uuid:note_id>/corriger/", views.correct, name="correct"),
    path("<uuid:public_id>/<uuid:note_id>/retirer/", views.withdraw, name="withdraw"),
]
