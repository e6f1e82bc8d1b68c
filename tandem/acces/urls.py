"""Addresses of acces."""

from django.urls import path

from tandem.acces import views

app_name = "acces"

urlpatterns = [
    path("personnes/<uuid:usager_id>/", views.index, name="index"),
    path("<uuid:acces_id>/", views.steps, name="steps"),
    path("<uuid:acces_id>/terminer/", views.end, name="end"),
    path("<uuid:acces_id>/adresse/", views.new_channel, name="new_channel"),
    path("<uuid:acces_id>/feuillet/", views.slip, name="slip"),
]
