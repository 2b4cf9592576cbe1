from django.apps import AppConfig


class CountiesConfig(AppConfig):
    name = "sanfuwu.counties"
    default_auto_field = "django.db.models.BigAutoField"
