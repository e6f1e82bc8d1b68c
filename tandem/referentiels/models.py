"""Tables of reference: nothing here is about a person."""

from django.db import models
from django.db.models import Q

from tandem.kernel.privacy import Privacy
from tandem.referentiels.rules import THEME_KEYS


class Theme(models.Model):
    """One of the ten families of démarches."""

    key = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=80)
    description = models.TextField()
    examples = models.JSONField(default=list)
    pictogram = models.CharField(max_length=30)
    order = models.PositiveSmallIntegerField(unique=True)

    privacy = Privacy(
        purpose="Dire en mots simples ce que couvre un thème.",
        retention="catalogue",
        none={"key", "title", "description", "examples", "pictogram", "order"},
    )

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(condition=Q(key__in=THEME_KEYS), name="theme_is_one_of_the_ten"),
        ]


class Demarche(models.Model):
    """One precise procedure, in one thème."""

    slug = models.SlugField(max_length=80, unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="demarches")
    name = models.CharField(max_length=120)
    description = models.TextField()
    service = models.CharField(max_length=80)
    franceconnect = models.BooleanField()
    private = models.BooleanField()
    grave_acts = models.JSONField(default=list)
    to_bring = models.JSONField(default=list)
    # Lower case, without accents: what a search reads.
    search_text = models.TextField()
    # A démarche that left the catalogue stays, because mandats name it.
    active = models.BooleanField(default=True)

    privacy = Privacy(
        purpose="Nommer une démarche dans un mandat et dire ce qu’elle contient.",
        retention="catalogue",
        none={
            "slug", "theme", "name", "description", "service", "franceconnect", "private",
            "grave_acts", "to_bring", "search_text", "active",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["theme__order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(private=False) | Q(franceconnect=False),
                name="private_body_is_not_behind_franceconnect",
            ),
        ]


class Commune(models.Model):
    """A commune by its INSEE code, former ones included (a person may be born in one)."""

    insee = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=60)
    # Separated by spaces; empty for a former commune.
    postcodes = models.CharField(max_length=200, blank=True)
    # Lower case, without accents: what a search reads.
    search_name = models.CharField(max_length=60, db_index=True)
    current = models.BooleanField(default=True)

    privacy = Privacy(
        purpose="Donner un nom à un code de commune.",
        retention="catalogue",
        none={"insee", "name", "postcodes", "search_name", "current"},
    )

    class Meta:
        ordering = ["name", "insee"]


class LoadedData(models.Model):
    """Which version of a data file the tables hold."""

    kind = models.CharField(max_length=20, unique=True)
    version = models.CharField(max_length=80)

    privacy = Privacy(
        purpose="Ne charger les données qu’une fois par version.",
        retention="technique",
        none={"kind", "version"},
    )
