"""The one name that allauth reverses by itself: everything else has its page in urls.py."""

from django.urls import path

from tandem.comptes import views

urlpatterns = [path("connexion/", views.login, name="account_login")]
