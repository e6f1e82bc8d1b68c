"""Stand-in administrations: services behind FranceConnect, each with its périmètres."""

from simulateurs.administration.app import AdministrationSimulator
from simulateurs.administration.config import (
    AdministrationConfig,
    AdministrationService,
    default_services,
)

__all__ = [
    "AdministrationConfig",
    "AdministrationService",
    "AdministrationSimulator",
    "default_services",
]
