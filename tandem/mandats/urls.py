from django.urls import URLPattern, URLResolver

app_name = "mandats"

urlpatterns: list[URLPattern | URLResolver] = []
