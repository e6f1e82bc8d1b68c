"""Addresses of practice sheets, under /fiches/."""

from django.urls import path

from tandem.fiches import views

app_name = "fiches"

urlpatterns = [
    path("", views.index, name="index"),
    path("moderation/", views.moderation, name="moderation"),
    path("moderation/<uuid:text_id>/masquer/", views.hide_any, name="hide_any"),
    path("moderation/<uuid:text_id>/montrer/", views.show_any, name="show_any"),
    path("textes/masques/", views.hidden, name="hidden"),
    path("textes/<uuid:text_id>/masquer/", views.hide, name="hide"),
    path("textes/<uuid:text_id>/montrer/", views.show, name="show"),
    path("<slug:slug>/", views.sheet, name="sheet"),
    path("<slug:slug>/ecrire/", views.write, name="write"),
    path("<slug:slug>/versions/", views.versions, name="versions"),
    path("<slug:slug>/merci/", views.thank, name="thank"),
    path("<slug:slug>/signaler/", views.report, name="report"),
    path("<slug:slug>/imprimer/", views.printed, name="printed"),
]
