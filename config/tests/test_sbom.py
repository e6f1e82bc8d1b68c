"""What Tandem is made of, and that it may be (S-48)."""

import json
import re
from email.message import Message
from typing import Any

import pytest

from config import cli, sbom
from config.env import ROOT
from config.sbom import Part, bill, licence_of, parts


class TestTheParts:
    def test_are_those_that_are_pinned(self) -> None:
        """S-48: each with the version of the lock."""
        lock = (ROOT / "requirements" / "run.txt").read_text()
        pinned = dict(
            re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", lock, re.MULTILINE)
        )
        found = {part.name: part.version for part in parts()}

        assert len(found) > 15
        assert {name: v for name, v in found.items() if pinned.get(name) != v} == {}

    def test_may_all_be_shipped_with_tandem(self) -> None:
        """EUPL-1.2: no part of unknown or incompatible licence."""
        assert [part for part in parts() if not part.is_compatible] == []

    @pytest.mark.parametrize(
        ("licence", "compatible"),
        [
            ("MIT", True),
            ("MIT OR GPL-3.0-only", True),
            ("Apache-2.0 AND MIT", True),
            ("MIT AND GPL-3.0-only", False),
            ("GPL-3.0-only", False),
            ("AGPL-3.0-only", False),
            ("Proprietary", False),
            ("", False),
        ],
    )
    def test_of_another_licence_is_seen(self, licence: str, compatible: bool) -> None:
        """The control of the test above."""
        assert Part("x", "1", licence).is_compatible is compatible


class _Distribution:
    def __init__(self, **headers: str) -> None:
        self.metadata = Message()
        for name, value in headers.items():
            self.metadata[name.replace("_", "-")] = value


class TestALicence:
    @pytest.mark.parametrize(
        ("headers", "licence"),
        [
            ({"License_Expression": "MIT AND BSD-3-Clause"}, "MIT AND BSD-3-Clause"),
            ({"Classifier": "License :: OSI Approved :: MIT License", "License": "x"}, "MIT"),
            ({"Classifier": "License :: OSI Approved", "License": "BSD"}, "BSD"),
            ({"License": "Some words\nof a whole text"}, "Some words"),
            ({}, ""),
        ],
    )
    def test_is_read_where_it_is_said(self, headers: dict[str, str], licence: str) -> None:
        one: Any = _Distribution(**headers)
        assert licence_of(one) == licence


class TestTheCommand:
    def test_prints_a_bill_that_tools_read(self, capsys: pytest.CaptureFixture[str]) -> None:
        """ASVS 15.1.2: CycloneDX."""
        cli.main(["sbom"])

        printed = json.loads(capsys.readouterr().out)
        assert printed == bill()
        assert (printed["bomFormat"], printed["specVersion"]) == ("CycloneDX", "1.6")
        assert {"django", "cryptography"} <= {one["name"] for one in printed["components"]}
        for one in printed["components"]:
            assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"

    def test_lists_licences_and_fails_for_one_that_may_not_be(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cli.main(["sbom", "--licences"])
        assert re.search(r"^django +\S+ +BSD-3-Clause$", capsys.readouterr().out, re.MULTILINE)
        monkeypatch.setattr(sbom, "parts", lambda: [Part("x", "1", "AGPL-3.0-only")])

        with pytest.raises(SystemExit) as left:
            cli.main(["sbom", "--licences"])

        assert left.value.code == "Licence à examiner : x (AGPL-3.0-only)"
