"""The people of a sandbox: nobody, and always the same three (A-14). Data alone, no database.

Each shows another desk: Rose, who reads and has a telephone; Andrei, who has none; Amina, who reads Arabic.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.usagers.rules import ChannelKind

# What FranceConnect never answers: a subject of ours, and no level of assurance.
_SUB: Final = "entrainement:"
ACR: Final = "entrainement"


@dataclass(frozen=True)
class Fictitious:
    """Someone who does not exist: what they say of themselves, and how they are told."""

    key: str
    identity: PivotIdentity
    comes_for: str | Promise
    channel_kind: ChannelKind | None = None
    channel_value: str = ""

    @property
    def name(self) -> str:
        """As on pages."""
        return f"{self.identity.given_names} {self.identity.family_name}"

    @property
    def verified(self) -> VerifiedIdentity:
        """Their identity, as the wizard receives one; it comes from nowhere."""
        return VerifiedIdentity(
            sub=f"{_SUB}{self.key}", acr=ACR, identity=self.identity, logout_url=""
        )


# Numbers that no operator gives (ARCEP: 06 39 98 00 00 to 06 39 98 99 99 are for fiction).
PEOPLE: Final[tuple[Fictitious, ...]] = (
    Fictitious(
        "rose",
        PivotIdentity(
            given_names="Rose",
            family_name="EXEMPLE",
            birthdate="1948-03-12",
            gender="female",
            birthplace="35238",
            birthcountry="99100",
            email="rose@exemple.invalid",
        ),
        _("Elle veut déclarer ses revenus. Elle a un téléphone."),
        ChannelKind.SMS,
        "+33639980001",
    ),
    Fictitious(
        "andrei",
        PivotIdentity(
            given_names="Andrei",
            family_name="MODÈLE",
            birthdate="1988-07-02",
            gender="male",
            birthplace="",
            birthcountry="99114",
            email="andrei@exemple.invalid",
        ),
        _("Il vient pour son RSA. Il n’a pas de téléphone."),
    ),
    Fictitious(
        "amina",
        PivotIdentity(
            given_names="Amina",
            family_name="ESSAI",
            birthdate="1962-05-23",
            gender="female",
            birthplace="",
            birthcountry="99352",
            email="amina@exemple.invalid",
        ),
        _("Elle lit l’arabe mieux que le français. Elle a une adresse de courriel."),
        ChannelKind.EMAIL,
        "amina@exemple.invalid",
    ),
)


def is_fictitious(given_names: str, family_name: str) -> bool:
    """Whether this is one of the people of a sandbox."""
    known = {(one.identity.given_names, one.identity.family_name) for one in PEOPLE}
    return (given_names, family_name) in known
