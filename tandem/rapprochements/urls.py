"""Addresses of files that may be the same person's, under /rapprochements/."""

from django.urls import path

from tandem.rapprochements import views

app_name = "rapprochements"

urlpatterns = [
    path("", views.doubles, name="doubles"),
    path("<uuid:public_id>/chercher/", views.choose, name="choose"),
    path("<uuid:public_id>/<uuid:other_id>/", views.compare, name="compare"),
    path("<uuid:public_id>/<uuid:other_id>/deux/", views.distinguish, name="distinguish"),
    path("<uuid:rapprochement_id>/separer/", views.separate, name="separate"),
]
