"""Addresses of pilotage."""

from django.urls import path

from tandem.pilotage import views

app_name = "pilotage"

urlpatterns = [
    path("", views.statistics, name="statistics"),
    path("exporter/", views.export, name="export"),
    path("installation/", views.instance, name="instance"),
]
