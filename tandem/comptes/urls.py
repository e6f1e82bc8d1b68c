"""/comptes/… : who logs in."""

from django.urls import URLPattern, URLResolver, path

from tandem.comptes import views

app_name = "comptes"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.account, name="account"),
    # connexion/
    path("connexion/", views.login, name="login"),
    path("connexion/code/", views.second_factor, name="second_factor"),
    path("connexion/cle/", views.login_passkey, name="login_passkey"),
    path("connexion/cle/options/", views.login_options, name="login_options"),
    # deconnexion/
    path("deconnexion/", views.logout, name="logout"),
    path("deconnecte/", views.logged_out, name="logged_out"),
    # activation/
    path("activation/", views.activation, name="activation"),
    path("activation/<str:token>/", views.activation_link, name="activation_link"),
    # facteurs/
    path("facteurs/", views.enrol, name="enrol"),
    path("facteurs/application/", views.add_totp, name="add_totp"),
    path("facteurs/cle/", views.add_passkey, name="add_passkey"),
    path("facteurs/cle/options/", views.passkey_options, name="passkey_options"),
    path("facteurs/secours/", views.recovery_codes, name="recovery_codes"),
    path("facteurs/secours/ranges/", views.recovery_done, name="recovery_done"),
    path("facteurs/<uuid:ref>/retirer/", views.remove_factor, name="remove_factor"),
    path("reprise/refuser/", views.refuse_reset, name="refuse_reset"),
    path("mot-de-passe/", views.change_password, name="change_password"),
    # sessions/
    path("sessions/fermer-les-autres/", views.close_others, name="close_others"),
    path("sessions/<uuid:session_id>/fermer/", views.close_session, name="close_session"),
    path("prolonger/", views.keep_alive, name="keep_alive"),
    # The challenge of a gesture.
    path("geste/", views.gesture_options, name="gesture_options"),
]
