"""Addresses of mandats, under /mandats/."""

from django.urls import URLPattern, URLResolver, path

from tandem.mandats.views import mandats, stops, uses

app_name = "mandats"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", mandats.mandat_list, name="list"),
    # Around a use
    path("autorisations/<uuid:autorisation_id>/arreter/", stops.stop_line, name="stop_line"),
    path("autorisations/<uuid:autorisation_id>/confirmer/", uses.confirm, name="confirm"),
    path("autorisations/<uuid:autorisation_id>/envoyer-code/", uses.send_code, name="send_code"),
    path("autorisations/<uuid:autorisation_id>/code/", uses.confirm_code, name="confirm_code"),
    path("usages/<uuid:usage_id>/compte-rendu/", uses.account, name="account"),
    # Stopping
    path("arreter/", stops.stop_by_code, name="stop_by_code"),
    path("personnes/<uuid:usager_id>/tout-arreter/", stops.stop_all, name="stop_all"),
    # One mandat
    path("<uuid:mandat_id>/", mandats.mandat_detail, name="detail"),
    path("<uuid:mandat_id>/signe/", mandats.signed, name="signed"),
    path("<uuid:mandat_id>/arreter/", stops.stop, name="stop"),
    path("<uuid:mandat_id>/renoncer/", stops.renounce, name="renounce"),
    path("<uuid:mandat_id>/terminer/", stops.finish, name="finish"),
]
