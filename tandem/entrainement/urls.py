"""Addresses of practice, under /entrainement/."""

from django.urls import path

from tandem.entrainement import views

app_name = "entrainement"

urlpatterns = [
    path("", views.home, name="home"),
    path("commencer/", views.begin, name="begin"),
    path("quitter/", views.leave, name="leave"),
    path("recommencer/", views.start_over, name="start_over"),
    path("connexion/", views.use, name="use"),
]
