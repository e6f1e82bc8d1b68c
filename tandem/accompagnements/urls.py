"""Addresses of accompagnements: /besoins/, /aides/, /demarches/, /relais/."""

from django.urls import URLPattern, URLResolver, path

from tandem.accompagnements.views import (
    aides,
    besoins,
    brouillons,
    demarches,
    relais,
    sheets,
    steps,
)

app_name = "accompagnements"

_BESOIN = "besoins/<uuid:public_id>/"
_DEMARCHE = "demarches/<uuid:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    # The notebook
    path("besoins/", besoins.besoin_list, name="besoins"),
    path("besoins/nouveau/", besoins.besoin_new, name="besoin_new"),
    path("besoins/feuilles/", sheets.sheets, name="sheets"),
    path("besoins/feuilles/vierge/", sheets.sheet_page, name="blank_sheet"),
    path("besoins/feuilles/vierge/pdf/", sheets.sheet_pdf, name="blank_sheet_pdf"),
    path("besoins/feuilles/<slug:slug>/", sheets.sheet_page, name="sheet"),
    path("besoins/feuilles/<slug:slug>/pdf/", sheets.sheet_pdf, name="sheet_pdf"),
    path(_BESOIN, besoins.besoin, name="besoin"),
    path(f"{_BESOIN}nommer/", besoins.besoin_name, name="besoin_name"),
    path(f"{_BESOIN}passer/", relais.hand_besoin, name="besoin_hand"),
    path(f"{_BESOIN}terminer/", besoins.besoin_close, name="besoin_close"),
    path(f"{_BESOIN}rouvrir/", besoins.besoin_reopen, name="besoin_reopen"),
    # Simple help
    path("aides/", aides.aide_new, name="aide_new"),
    path("aides/<uuid:public_id>/", aides.aide, name="aide"),
    path("aides/<uuid:public_id>/retirer/", aides.aide_undo, name="aide_undo"),
    # Démarches followed
    path("demarches/", demarches.demarche_list, name="demarches"),
    path("demarches/nouvelle/", demarches.demarche_new, name="demarche_new"),
    path("demarches/preuves/<uuid:depot_id>/", steps.receipt, name="receipt"),
    path(_DEMARCHE, demarches.demarche, name="demarche"),
    path(f"{_DEMARCHE}etape/", steps.step, name="step"),
    path(f"{_DEMARCHE}pieces/", demarches.pieces, name="pieces"),
    path(f"{_DEMARCHE}deposer/", steps.file, name="file"),
    path(f"{_DEMARCHE}terminer/", steps.close, name="close"),
    path(f"{_DEMARCHE}rouvrir/", steps.reopen, name="reopen"),
    path(f"{_DEMARCHE}mandat/", steps.mandat, name="mandat"),
    path(f"{_DEMARCHE}nommer/", besoins.demarche_name, name="demarche_name"),
    path(f"{_DEMARCHE}passer/", relais.hand_demarche, name="demarche_hand"),
    # Between desks
    path("relais/<uuid:relais_id>/prendre/", relais.take, name="take"),
    path("brouillons/<slug:page>/", brouillons.keep, name="brouillon"),
]
