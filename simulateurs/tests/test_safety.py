"""A stand-in never runs beside real data."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from simulateurs.safety import refuse_production
from simulateurs.web import Response, start


class TestSafety:
    @pytest.mark.parametrize("mode", ["production", "", "PRODUCTION", "Demo", None])
    def test_refuses_every_mode_but_demonstration_and_test(
        self, monkeypatch: pytest.MonkeyPatch, mode: str | None
    ) -> None:
        """Tandem without a mode is in production: so are its stand-ins."""
        monkeypatch.delenv("TANDEM_MODE", raising=False)
        if mode is not None:
            monkeypatch.setenv("TANDEM_MODE", mode)

        with pytest.raises(SystemExit):
            refuse_production()
        with pytest.raises(SystemExit):
            start(lambda _request: Response(), port=0)

    @pytest.mark.parametrize("mode", ["demo", "test"])
    def test_lets_the_demonstration_run(self, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
        monkeypatch.setenv("TANDEM_MODE", mode)

        with start(lambda _request: Response(), port=0) as running:
            assert running.port > 0


class TestPackage:
    def test_leaves_the_stand_ins_out(self) -> None:
        """An installation of production does not hold them at all."""
        project = tomllib.loads(
            (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()
        )
        found = project["tool"]["setuptools"]["packages"]["find"]["include"]

        for package in ("simulateurs", "simulateurs.franceconnect"):
            assert not any(fnmatchcase(package, pattern) for pattern in found)
