"""Loading the reference data: idempotent, whole or not at all."""

from django.db import transaction

from tandem.referentiels import sources
from tandem.referentiels.models import Commune, Demarche, LoadedData, Theme
from tandem.referentiels.rules import fold

CATALOGUE = "catalogue"
COMMUNES = "communes"


def load_catalogue() -> bool:
    """Bring thèmes and démarches to the shipped version; True when something was loaded.

    A démarche that left the catalogue becomes inactive: mandats already signed still name it.
    """
    source = sources.catalogue()
    with transaction.atomic():
        if _is_loaded(CATALOGUE, source.version):
            return False
        keys = {}
        for order, theme in enumerate(source.themes, start=1):
            keys[theme.key], _created = Theme.objects.update_or_create(
                key=theme.key,
                defaults={
                    "title": theme.title,
                    "description": theme.description,
                    "examples": list(theme.examples),
                    "pictogram": theme.key,
                    "order": order,
                },
            )
        _load_demarches(source, keys)
        _mark_loaded(CATALOGUE, source.version)
    return True


def _load_demarches(source: sources.CatalogueSource, themes: dict[str, Theme]) -> None:
    rows = [_demarche(row, themes[row.theme], source) for row in source.demarches]
    changing = [
        "theme", "name", "description", "service", "franceconnect", "private",
        "grave_acts", "to_bring", "search_text", "active",
    ]  # fmt: skip
    Demarche.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["slug"], update_fields=changing
    )
    Demarche.objects.exclude(slug__in=[row.slug for row in rows]).update(active=False)


def _demarche(
    row: sources.DemarcheSource, theme: Theme, source: sources.CatalogueSource
) -> Demarche:
    title = next(found.title for found in source.themes if found.key == row.theme)
    return Demarche(
        slug=row.slug,
        theme=theme,
        name=row.name,
        description=row.description,
        service=row.service,
        franceconnect=row.franceconnect,
        private=row.private,
        grave_acts=list(row.grave_acts),
        to_bring=list(row.to_bring),
        search_text=fold(f"{row.name} {row.service} {row.description} {title}"),
        active=True,
    )


def load_communes() -> bool:
    """Bring the communes to the shipped version; True when something was loaded."""
    version = sources.communes_version()
    with transaction.atomic():
        if _is_loaded(COMMUNES, version):
            return False
        # Nothing points to a commune: its INSEE code is what other rooms keep.
        Commune.objects.all().delete()
        Commune.objects.bulk_create(
            (
                Commune(
                    insee=row.insee,
                    name=row.name,
                    postcodes=row.postcodes,
                    search_name=fold(row.name),
                    current=row.current,
                )
                for row in sources.communes()
            ),
            batch_size=2_000,
        )
        _mark_loaded(COMMUNES, version)
    return True


def _is_loaded(kind: str, version: str) -> bool:
    # Two servers that start together wait here for one another.
    row = LoadedData.objects.select_for_update(of=("self",)).filter(kind=kind).first()
    return row is not None and row.version == version


def _mark_loaded(kind: str, version: str) -> None:
    LoadedData.objects.update_or_create(kind=kind, defaults={"version": version})
