from django.urls import URLPattern, URLResolver

app_name = "usagers"

urlpatterns: list[URLPattern | URLResolver] = []
