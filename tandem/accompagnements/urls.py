"""Addresses of accompagnements: /besoins/, /aides/, /demarches/, /relais/."""

from django.urls import URLPattern, URLResolver

app_name = "accompagnements"

urlpatterns: list[URLPattern | URLResolver] = []
