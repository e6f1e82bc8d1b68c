"""Configurations read from a file, as the demonstration writes them."""

import json
from pathlib import Path

from simulateurs.administration import config as administration
from simulateurs.franceconnect import config as franceconnect


class TestConfig:
    def test_of_franceconnect_is_read(self, tmp_path: Path) -> None:
        service = {
            "client_id": "s",
            "client_secret": "x",
            "name": "S",
            "redirect_uris": ["http://localhost:1/retour"],
            "post_logout_uris": [],
            "rep_scope": ["Justice"],
        }
        tandem = {"issuer": "http://localhost:2", "client_id": "fc", "client_secret": "y"}
        file = tmp_path / "fc.json"
        file.write_text(
            json.dumps({"base_url": "http://localhost:3", "services": [service], "tandem": tandem})
        )

        config = franceconnect.read_config(file)

        found = config.service("s")
        assert found
        assert found.rep_scope == ("Justice",)
        assert config.tandem
        assert config.tandem.back("token") == "http://localhost:2/oidc/token"
        assert config.callback_url == "http://localhost:3/api/v2/oidc-callback"
        assert config.service("unknown") is None

    def test_of_the_administrations_is_read(self, tmp_path: Path) -> None:
        site = {"slug": "caf", "name": "CAF", "welcome": "W", "client_id": "c", "client_secret": "x", "scope_labels": ["Logement"]}  # fmt: skip  # noqa: E501
        file = tmp_path / "a.json"
        file.write_text(json.dumps({"base_url": "http://localhost:4", "services": [site], "fc_issuer": "http://localhost:3/api/v2"}))  # fmt: skip  # noqa: E501

        config = administration.read_config(file)

        [registered] = config.registrations()
        assert registered.rep_scope == ("Logement",)
        assert registered.redirect_uris == ("http://localhost:4/caf/retour",)
        assert registered.may_ask_claims

    def test_default_services_have_their_own_labels(self) -> None:
        services = administration.default_services()

        labels = {label for service in services for label in service.scope_labels}
        assert labels <= set(franceconnect.DELEGATION_SCOPES)
        assert [service.slug for service in services] == ["caf", "impots", "ville"]
        assert not services[2].scope_labels
