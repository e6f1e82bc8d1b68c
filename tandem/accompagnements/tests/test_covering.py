"""Which line of a mandat covers a démarche, when several are alive."""

from datetime import datetime, timedelta

import pytest

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import covering_autorisation, covering_autorisations
from tandem.accompagnements.tests.conftest import RSA
from tandem.mandats.models import Autorisation, Confirmation, Mandat
from tandem.mandats.tests.factories import signed_mandat
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
HERE = f"demarche:{RSA}"
DAY = timedelta(days=1)


@pytest.fixture
def whole(acteur: Acteur, rose: Usager, rsa: DemarcheSuivie, at: datetime) -> Autorisation:
    """The whole thème, for six months."""
    assert rsa.theme is not None
    scope = f"theme:{rsa.theme.key}"
    mandat = signed_mandat(acteur, rose, (scope,), duree="six_mois", at=at)
    return mandat.autorisations.get()


@pytest.fixture
def named(whole: Autorisation, acteur: Acteur, rose: Usager, at: datetime) -> Autorisation:
    """This very démarche, for a month: both are alive."""
    mandat = signed_mandat(acteur, rose, (HERE,), duree="mois", at=at)
    line = mandat.autorisations.get()
    Autorisation.objects.filter(pk=whole.pk).update(ended_at=None, end_kind="")
    Mandat.objects.filter(pk=whole.mandat_id).update(ended_at=None, end_kind="")
    return line


class TestTheLine:
    def test_that_names_the_demarche_comes_before_its_theme(
        self, rsa: DemarcheSuivie, whole: Autorisation, named: Autorisation, at: datetime
    ) -> None:
        """The least power that is enough, though the other lasts longer and is older."""
        assert whole.ends_at > named.ends_at
        assert covering_autorisations(rsa, at=at) == [named, whole]
        assert covering_autorisation(rsa, at=at) == named

    def test_of_the_theme_covers_once_the_other_is_over(
        self, rsa: DemarcheSuivie, whole: Autorisation, named: Autorisation
    ) -> None:
        assert covering_autorisation(rsa, at=named.ends_at) == whole
        assert covering_autorisation(rsa, at=whole.ends_at) is None

    def test_that_the_person_confirmed_today_comes_first(
        self, rsa: DemarcheSuivie, whole: Autorisation, named: Autorisation, at: datetime
    ) -> None:  # fmt: skip
        """P-06: the line the person confirmed is the one acted under; a stale confirmation is none."""
        Confirmation.objects.create(
            autorisation=whole,
            kind="paper",
            recorded_by=whole.mandat.signed_by,
            confirmed_at=at,
            valid_until=at + timedelta(hours=8),
        )
        assert covering_autorisation(rsa, at=at + timedelta(hours=1)) == whole
        assert covering_autorisation(rsa, at=at + timedelta(hours=8)) == named

    def test_signed_under_a_doubt_covers_nothing_while_it_stands(
        self, rsa: DemarcheSuivie, whole: Autorisation, named: Autorisation, at: datetime
    ) -> None:
        """P-36."""
        Mandat.objects.filter(pk=named.mandat_id).update(cool_off_until=at + DAY)
        assert covering_autorisation(rsa, at=at) == whole
        assert covering_autorisation(rsa, at=at + DAY) == named

    def test_of_another_demarche_or_of_another_person_covers_nothing(
        self, rsa: DemarcheSuivie, named: Autorisation, whole: Autorisation, at: datetime
    ) -> None:
        Autorisation.objects.filter(pk=whole.pk).update(scope="theme:sante", theme="sante")
        Autorisation.objects.filter(pk=named.pk).update(scope="demarche:caf-rsa-demande")
        assert covering_autorisation(rsa, at=at) is None
        rsa.usager = None
        assert covering_autorisations(rsa, at=at) == []
