"""Addresses of the homes, of the person's page and of the public pages."""

from django.urls import path

from tandem.espaces import views

app_name = "espaces"

urlpatterns = [
    path("", views.public_home, name="public_home"),
    path("ou-aller/", views.where, name="where"),
    path("aide/", views.help_page, name="help"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("confidentialite/", views.privacy, name="privacy"),
    path("mentions-legales/", views.legal, name="legal"),
    path("accueil/", views.home, name="home"),
    path("presence/", views.person_present, name="person_present"),
    path("ecran/masquer/", views.blank, name="blank"),
    path("ecran/reprendre/", views.resume, name="resume"),
    # personnes/
    path("personnes/", views.search, name="search"),
    path("personnes/<uuid:public_id>/", views.person, name="person"),
    path("personnes/<uuid:public_id>/journal/", views.readings, name="readings"),
    path("personnes/<uuid:public_id>/feuille/", views.sheet, name="sheet"),
    path("personnes/<uuid:public_id>/feuille/pdf/", views.sheet_pdf, name="sheet_pdf"),
]
