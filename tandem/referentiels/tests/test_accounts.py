import re

import pytest

from tandem.referentiels import accounts, queries
from tandem.referentiels.accounts import Hands, Path
from tandem.referentiels.sources import InvalidSource

SERVICES = queries.account_services()


class TestAccountServices:
    def test_are_the_six_people_ask_for(self) -> None:
        assert [service.key for service in SERVICES] == [
            "franceconnect", "ameli", "impots", "caf", "france-travail", "courriel",
        ]  # fmt: skip
        found = queries.account_service("caf")
        assert found is not None
        assert found.name == "Mon Compte (caf.fr)"
        assert queries.account_service("banque") is None

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
    def test_say_what_is_needed_where_codes_arrive_and_what_is_never_written(
        self, service: accounts.AccountService
    ) -> None:
        """P-12: each service names what nobody writes down."""
        assert service.needs
        assert service.codes
        assert service.never
        assert service.source.text
        assert not any("mot de passe" in need for need in service.needs)
        assert any("code" in never or "mot de passe" in never for never in service.never)

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
    @pytest.mark.parametrize("path", list(Path))
    def test_leave_the_password_to_the_person(
        self, service: accounts.AccountService, path: Path
    ) -> None:
        """P-12, P-14: whoever chooses a password is the person, alone at the keyboard."""
        for step in service.steps(path):
            if "Choisir un" in step.title and "mot de passe" in step.title:
                assert step.who == Hands.PERSON
            for sentence in re.split(r"[.!?:;]\s", step.detail):
                assert len(sentence.split()) <= 25

    def test_have_steps_both_ways(self) -> None:
        with pytest.raises(InvalidSource):
            accounts._service({"key": "x", "creer": []})
