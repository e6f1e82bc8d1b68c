"""Doors of the protocol, then the pages of a connexion."""

from django.urls import path

from tandem.oidc_provider.views import pages, protocol

app_name = "oidc_provider"

_CONNEXION = "oidc/connexion/<uuid:public_id>/"

urlpatterns = [
    path(".well-known/openid-configuration", protocol.configuration, name="configuration"),
    path("oidc/jwks", protocol.jwks, name="jwks"),
    path("oidc/authorize", protocol.authorize, name="authorize"),
    path("oidc/token", protocol.token, name="token"),
    path("oidc/userinfo", protocol.userinfo, name="userinfo"),
    path("oidc/logout", protocol.logout, name="logout"),
    path("oidc/etat", protocol.status, name="status"),
    path(_CONNEXION, pages.connexion, name="connexion"),
    path(f"{_CONNEXION}personne/", pages.usager, name="usager"),
    path(f"{_CONNEXION}personne/choisir/", pages.choose_usager, name="choose_usager"),
    path(f"{_CONNEXION}demarche/", pages.demarche, name="demarche"),
    path(f"{_CONNEXION}confirmer/", pages.confirm, name="confirm"),
    path(f"{_CONNEXION}confirmer/envoyer/", pages.send_code, name="send_code"),
    path(f"{_CONNEXION}confirmer/code/", pages.record_code, name="record_code"),
    path(f"{_CONNEXION}confirmer/papier/", pages.record_paper, name="record_paper"),
    path(f"{_CONNEXION}annuler/", pages.cancel, name="cancel"),
    path("oidc/terminer/<uuid:public_id>/", pages.end, name="end"),
]
