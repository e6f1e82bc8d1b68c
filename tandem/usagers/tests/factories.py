"""Usagers and channels for the stories of any room.

rose = UsagerFactory.create(structure=ccas, given_names="Rose Marie", family_name="Lefèvre")
ChannelFactory.create(usager=rose)                      # an e-mail proven hers
ChannelFactory.create(usager=rose, sms=True, unproven=True)
"""

from datetime import UTC, datetime
from typing import Any

import factory

from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.structures.models import Affectation
from tandem.structures.tests.factories import AffectationFactory, StructureFactory
from tandem.usagers.actions.identity import identity_index, index_names, sub_index
from tandem.usagers.models import Channel, RungStep, Usager
from tandem.usagers.queries import channel_index
from tandem.usagers.rules import ChannelKind, FreezeReason, Holder, Protected, Rung

MET = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def verified(sub: str = "rose", **changes: str) -> VerifiedIdentity:
    """What FranceConnect says of Rose, or of whoever the changes make."""
    values = {
        "given_names": "Rose Marie",
        "family_name": "Lefèvre",
        "birthdate": "1955-04-12",
        "gender": "female",
        "birthplace": "35238",
        "birthcountry": "99100",
        "preferred_name": "",
        "email": "rose@exemple.fr",
    }
    identity = PivotIdentity(**{**values, **changes})
    return VerifiedIdentity(
        sub=sub, acr="eidas1", identity=identity, logout_url="https://fc.example/session/end"
    )


class UsagerFactory(factory.django.DjangoModelFactory[Usager]):
    """An adult identified by FranceConnect, found by her names, seen by the whole team.

    Traits: declared, piece_seen, minor, under_protection, frozen (for a dispute), dead, restricted.
    `sub` and the civil identity make the indexes.
    """

    class Meta:
        model = Usager
        exclude = ["sub"]
        skip_postgeneration_save = True

    class Params:
        declared = factory.Trait(rung=Rung.DECLARE, sub="")
        piece_seen = factory.Trait(rung=Rung.PIECE_VUE, sub="")
        minor = factory.Trait(birthdate="2012-06-01")
        under_protection = factory.Trait(protected=Protected.PROTECTION)
        frozen = factory.Trait(frozen_at=MET, freeze_reason=FreezeReason.DISPUTE)
        dead = factory.Trait(died_known_at=MET)
        restricted = factory.Trait(team_access=False)

    structure = factory.SubFactory(StructureFactory)
    sub = factory.Sequence(lambda n: f"sub-{n}")
    given_names = "Rose Marie"
    family_name = factory.Sequence(lambda n: f"Lefèvre{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}")
    birthdate = "1955-04-12"
    gender = "female"
    birthplace = "35238"
    birthcountry = "99100"
    rung = Rung.FRANCECONNECT
    rung_established_at = MET
    sub_index = factory.LazyAttribute(lambda o: sub_index(o.sub) if o.sub else "")
    identity_index = factory.LazyAttribute(
        lambda o: identity_index(
            {
                name: getattr(o, name)
                for name in (
                    "given_names",
                    "family_name",
                    "birthdate",
                    "gender",
                    "birthplace",
                    "birthcountry",
                )
            }
        )
    )
    protected = Protected.NONE
    protected_asked_at = MET
    created_at = MET
    last_contact_at = MET

    @factory.post_generation
    def names(self: Usager, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            index_names(self)

    @factory.post_generation
    def step(self: Usager, create: bool, extracted: Any, **kwargs: Any) -> None:
        """`step=affectation`: who established the identity."""
        if extracted:
            RungStep.objects.create(
                usager=self,
                rung=self.rung,
                established_at=self.rung_established_at,
                established_by=extracted,
            )


def _anyone_of(usager: Usager) -> Affectation:
    found = Affectation.objects.filter(structure=usager.structure).first()
    return found or AffectationFactory.create(structure=usager.structure)


class ChannelFactory(factory.django.DjangoModelFactory[Channel]):
    """A channel proven the person's own. Traits: sms, unproven, discreet, ended."""

    class Meta:
        model = Channel

    class Params:
        sms = factory.Trait(
            kind=ChannelKind.SMS, value=factory.Sequence(lambda n: f"+336123456{n % 100:02d}")
        )
        unproven = factory.Trait(proven_at=None)
        ended = factory.Trait(ended_at=MET)

    usager = factory.SubFactory(UsagerFactory)
    kind = ChannelKind.EMAIL
    value = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    value_index = factory.LazyAttribute(lambda o: channel_index(o.kind, o.value))
    holder = Holder.PERSON
    proven_at = MET
    created_at = MET
    created_by = factory.LazyAttribute(lambda o: _anyone_of(o.usager))
