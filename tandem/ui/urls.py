"""Addresses of the interface itself."""

from django.urls import path

from tandem.ui import views

app_name = "ui"

urlpatterns = [
    path("composants/", views.components, name="components"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
]
