"""Addresses of echeances: /echeances/."""

from django.urls import path

from tandem.echeances import views

app_name = "echeances"

urlpatterns = [
    path("", views.listing, name="list"),
    path("tandem.ics", views.calendar, name="calendar"),
    path("demarche/<uuid:demarche_id>/", views.of_demarche, name="of_demarche"),
    path("demarche/<uuid:demarche_id>/ajouter/", views.add_to_demarche, name="add_to_demarche"),
    path("personne/<uuid:usager_id>/ajouter/", views.add_to_person, name="add_to_person"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/tandem.ics", views.calendar_one, name="calendar_one"),
    path("<uuid:public_id>/modifier/", views.change, name="change"),
    path("<uuid:public_id>/faite/", views.finish, name="finish"),
    path("<uuid:public_id>/retirer/", views.drop, name="drop"),
    path("<uuid:public_id>/remettre/", views.reopen, name="reopen"),
]
