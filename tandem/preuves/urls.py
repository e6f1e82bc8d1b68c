from django.urls import URLPattern, URLResolver

app_name = "preuves"

urlpatterns: list[URLPattern | URLResolver] = []
