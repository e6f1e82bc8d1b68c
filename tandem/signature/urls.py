"""Addresses of what is being prepared, under /mandats/."""

from django.urls import URLPattern, URLResolver, path

from tandem.signature.views import identification, practice, renewal, wizard

app_name = "signature"

_DRAFT = "brouillons/<uuid:draft_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("nouveau/", wizard.start, name="start"),
    path(_DRAFT, wizard.draft, name="draft"),
    path(f"{_DRAFT}demarches/", wizard.demarches, name="draft_demarches"),
    path(f"{_DRAFT}duree/", wizard.duree, name="draft_duree"),
    path(f"{_DRAFT}facon/", wizard.presence, name="draft_presence"),
    path(f"{_DRAFT}questions/", wizard.protection, name="draft_protection"),
    path(f"{_DRAFT}contact/", wizard.contact, name="draft_contact"),
    path(f"{_DRAFT}lecture/", wizard.reading, name="draft_reading"),
    path(f"{_DRAFT}aidants/", wizard.aidants, name="draft_aidants"),
    path(f"{_DRAFT}transfert/", renewal.transfer, name="draft_transfer"),
    path(f"{_DRAFT}identification/", identification.identification, name="draft_identification"),
    path(f"{_DRAFT}personne-fictive/", practice.fictitious, name="draft_fictitious"),
    path(f"{_DRAFT}code/", identification.renewal_code, name="draft_code"),
    path(f"{_DRAFT}identite/", identification.identity, name="draft_identity"),
    path(f"{_DRAFT}signature/", identification.recap, name="draft_recap"),
    path(f"{_DRAFT}abandonner/", wizard.discard, name="draft_discard"),
    path("franceconnect/retour/", identification.franceconnect_return, name="franceconnect_return"),
    path(
        "franceconnect/deconnecte/",
        identification.franceconnect_logged_out,
        name="franceconnect_logged_out",
    ),
    path("<uuid:mandat_id>/prolonger/", renewal.renew, name="renew"),
]
