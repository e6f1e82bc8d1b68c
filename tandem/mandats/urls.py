"""Addresses of mandats, under /mandats/."""

from django.urls import URLPattern, URLResolver, path

from tandem.mandats.views import identification, mandats, stops, uses, wizard

app_name = "mandats"

_DRAFT = "brouillons/<uuid:draft_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", mandats.mandat_list, name="list"),
    # Preparing a mandat
    path("nouveau/", wizard.start, name="start"),
    path(_DRAFT, wizard.draft, name="draft"),
    path(f"{_DRAFT}demarches/", wizard.demarches, name="draft_demarches"),
    path(f"{_DRAFT}duree/", wizard.duree, name="draft_duree"),
    path(f"{_DRAFT}facon/", wizard.presence, name="draft_presence"),
    path(f"{_DRAFT}questions/", wizard.protection, name="draft_protection"),
    path(f"{_DRAFT}contact/", wizard.contact, name="draft_contact"),
    path(f"{_DRAFT}lecture/", wizard.reading, name="draft_reading"),
    path(f"{_DRAFT}aidants/", wizard.aidants, name="draft_aidants"),
    path(f"{_DRAFT}identification/", identification.identification, name="draft_identification"),
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
    path("<uuid:mandat_id>/prolonger/", mandats.renew, name="renew"),
]
