"""Addresses of declarations, under /declarations/."""

from django.urls import URLPattern, URLResolver, path

from tandem.declarations.views import preparing, sending

app_name = "declarations"

_ONE = "<uuid:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("personne/<uuid:public_id>/", preparing.of_person, name="of_person"),
    path("demarche/<uuid:public_id>/preparer/", preparing.prepare, name="prepare"),
    path(_ONE, preparing.detail, name="detail"),
    path(f"{_ONE}remplir/", preparing.fill, name="fill"),
    path(f"{_ONE}comme-la-derniere-fois/", preparing.copy, name="copy"),
    path(f"{_ONE}laisser/", preparing.leave, name="leave"),
    path(f"{_ONE}reprendre/", preparing.resume, name="resume"),
    path(f"{_ONE}relire/", sending.read_back, name="read_back"),
    path(f"{_ONE}relire.pdf", sending.paper, name="paper"),
    path(f"{_ONE}envoyer/", sending.send, name="send"),
    path(f"{_ONE}erreur/", sending.repair, name="repair"),
    path(f"{_ONE}lettre/", sending.lettre, name="lettre"),
    path(f"{_ONE}faite-seule/", sending.alone, name="alone"),
]
