"""Addresses of the pages about a person."""

from django.urls import path

from tandem.usagers.views import access, channels, identity, person, stops

app_name = "usagers"

urlpatterns = [
    # who the person is, and how sure it is
    path("nouvelle/", identity.declare, name="declare"),
    path("<uuid:public_id>/piece/", identity.piece_seen, name="piece_seen"),
    path("<uuid:public_id>/connue/", identity.vouch, name="vouch"),
    path("<uuid:public_id>/", person.card, name="card"),
    path("<uuid:public_id>/nom/", person.rename, name="rename"),
    path("<uuid:public_id>/protection/", person.protection, name="protection"),
    path("<uuid:public_id>/dit/", person.told, name="told"),
    # /usagers/<uuid>/contacts/
    path("<uuid:public_id>/contacts/ajouter/", channels.channel_add, name="channel_add"),
    path(
        "<uuid:public_id>/contacts/<uuid:channel_id>/verifier/",
        channels.channel_prove,
        name="channel_prove",
    ),
    path(
        "<uuid:public_id>/contacts/<uuid:channel_id>/envoyer/",
        channels.channel_send,
        name="channel_send",
    ),
    path(
        "<uuid:public_id>/contacts/<uuid:channel_id>/discretion/",
        channels.channel_discreet,
        name="channel_discreet",
    ),
    path(
        "<uuid:public_id>/contacts/<uuid:channel_id>/retirer/",
        channels.channel_end,
        name="channel_end",
    ),
    # what stops everything
    path("<uuid:public_id>/suspendre/", stops.freeze, name="freeze"),
    path("<uuid:public_id>/rouvrir/", stops.thaw, name="thaw"),
    path("<uuid:public_id>/deces/", stops.death, name="death"),
    path("<uuid:public_id>/deces/corriger/", stops.death_correct, name="death_correct"),
    # who sees the person
    path("<uuid:public_id>/acces/", access.team_access, name="team_access"),
    path("<uuid:public_id>/acces/ajouter/", access.follow, name="follow"),
    path("<uuid:public_id>/acces/<uuid:suivi_id>/retirer/", access.unfollow, name="unfollow"),
]
