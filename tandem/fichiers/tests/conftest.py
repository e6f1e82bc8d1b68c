from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The folder of encrypted files, empty."""
    settings.TANDEM_DATA_DIR = tmp_path
    return tmp_path / "fichiers"
