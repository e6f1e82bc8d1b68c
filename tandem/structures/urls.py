"""Addresses of structures."""

from django.urls import path

from tandem.structures import views

app_name = "structures"

urlpatterns = [
    path("choisir/", views.switch, name="switch"),
    path("charte/", views.charte, name="charte"),
    path("themes/", views.themes, name="themes"),
    path("personnes/", views.people, name="people"),
    path("personnes/inviter/", views.invite, name="invite"),
    path("personnes/<uuid:public_id>/", views.person, name="person"),
    path("personnes/<uuid:public_id>/themes/", views.person_themes, name="person_themes"),
    path("personnes/<uuid:public_id>/arreter/", views.person_end, name="person_end"),
]
