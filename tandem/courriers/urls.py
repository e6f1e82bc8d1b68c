"""Addresses of courriers, under /lettres/ and /courriers/."""

from django.urls import URLPattern, URLResolver, path

from tandem.courriers.views import courriers, lettres

app_name = "courriers"

urlpatterns: list[URLPattern | URLResolver] = [
    path("lettres/personne/<uuid:public_id>/", lettres.lettre_list, name="lettres"),
    path("lettres/personne/<uuid:public_id>/ecrire/", lettres.lettre_choose, name="lettre_choose"),
    path(
        "lettres/personne/<uuid:public_id>/ecrire/<slug:modele>/",
        lettres.lettre_write,
        name="lettre_write",
    ),
    path("lettres/version/<uuid:public_id>/", lettres.version, name="version"),
    path("lettres/<uuid:public_id>/", lettres.lettre, name="lettre"),
    path("lettres/<uuid:public_id>/modifier/", lettres.lettre_edit, name="lettre_edit"),
    path("lettres/<uuid:public_id>/lettre.pdf", lettres.lettre_pdf_file, name="lettre_pdf"),
    path("lettres/<uuid:public_id>/envoi/", lettres.lettre_sent, name="lettre_sent"),
    path("courriers/personne/<uuid:public_id>/", courriers.courrier_list, name="courriers"),
    path(
        "courriers/personne/<uuid:public_id>/ouvrir/", courriers.courrier_log, name="courrier_log"
    ),
    path("courriers/<uuid:public_id>/", courriers.courrier, name="courrier"),
    path(
        "courriers/<uuid:public_id>/corriger/", courriers.courrier_correct, name="courrier_correct"
    ),
    path("courriers/<uuid:public_id>/scan/", courriers.courrier_scan, name="courrier_scan"),
    path("courriers/<uuid:public_id>/fait/", courriers.courrier_settle, name="courrier_settle"),
    path("courriers/<uuid:public_id>/a-faire/", courriers.courrier_reopen, name="courrier_reopen"),
]
