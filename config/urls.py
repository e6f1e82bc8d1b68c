"""Every address of Tandem, by room, from the top of the house down."""

from django.urls import include, path

from config.watch import views as watch

urlpatterns = [
    path("sante", watch.health, name="sante"),
    path("metriques", watch.metrics, name="metriques"),
    path("", include("tandem.espaces.urls")),
    path("", include("tandem.oidc_provider.urls")),
    path("", include("tandem.courriers.urls")),
    path("declarations/", include("tandem.declarations.urls")),
    path("echeances/", include("tandem.echeances.urls")),
    path("", include("tandem.accompagnements.urls")),
    path("papier/", include("tandem.papier.urls")),
    path("acces/", include("tandem.acces.urls")),
    path("entrainement/", include("tandem.entrainement.urls")),
    path("entraide/", include("tandem.entraide.urls")),
    path("statistiques/", include("tandem.pilotage.urls")),
    path("notes/", include("tandem.notes.urls")),
    path("fiches/", include("tandem.fiches.urls")),
    path("verifier/", include("tandem.preuves.urls")),
    path("mandats/", include("tandem.documents.urls")),
    path("mandats/", include("tandem.signature.urls")),
    path("mandats/", include("tandem.mandats.urls")),
    path("rapprochements/", include("tandem.rapprochements.urls")),
    path("usagers/", include("tandem.usagers.urls")),
    path("structures/", include("tandem.structures.urls")),
    path("comptes/", include("tandem.comptes.urls")),
    path("comptes/", include("tandem.comptes.urls_allauth")),
    path("", include("tandem.ui.urls")),
]

handler400 = "tandem.ui.views.bad_request"
handler403 = "tandem.ui.views.forbidden"
handler404 = "tandem.ui.views.not_found"
handler500 = "tandem.ui.views.server_error"
