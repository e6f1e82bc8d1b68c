"""`tandem sbom`: what Tandem is made of, as CycloneDX 1.6, and under which licences (S-48).

Read from what is installed beside it: a production environment holds what runs and nothing else. In a checkout, the
lock of what runs says which of the installed distributions count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from typing import Any

from config.env import ROOT

# Tools that install, and Tandem itself.
_NOT_PARTS = frozenset({"pip", "setuptools", "wheel", "tandem"})
# May be shipped with a work under EUPL-1.2 (its own article 5 and annex; permissive; weak copyleft, unmodified).
COMPATIBLE = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "CC0-1.0", "EUPL-1.2", "ISC", "LGPL-2.1-or-later",
    "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Unlicense", "ZPL-2.1",
})  # fmt: skip
# Distributions that say their licence in words, by those words.
_WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD",
    "bsd license": "BSD",
    "bsd 3-clause": "BSD-3-Clause",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}


@dataclass(frozen=True)
class Part:
    """One distribution; `licence` is a SPDX expression, empty when it does not say."""

    name: str
    version: str
    licence: str

    @property
    def is_compatible(self) -> bool:
        """Each choice of `A OR B` counts alone; every part of `A AND B` must pass."""
        choices = [choice.split(" AND ") for choice in self.licence.strip("()").split(" OR ")]
        return any(all(part.strip("() ") in COMPATIBLE for part in choice) for choice in choices)


def parts() -> list[Part]:
    """Every distribution that runs, by name."""
    found = {_name(one): one for one in _installed()}
    return [Part(name, found[name].version, licence_of(found[name])) for name in sorted(found)]


def licence_of(one: Distribution) -> str:
    """As SPDX writes it, from the expression, else the classifiers, else the short text."""
    if "License-Expression" in one.metadata:
        return one.metadata["License-Expression"]
    words = [
        line.rpartition(" :: ")[2]
        for line in one.metadata.get_all("Classifier") or []
        if line.startswith("License :: ") and line.count(" :: ") > 1
    ]
    if not words and "License" in one.metadata:
        words = [one.metadata["License"]]
    return " OR ".join(_spdx(word) for word in words)


def bill() -> dict[str, Any]:
    """The bill of materials, the same at each call for the same parts."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "tandem",
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            }
        },
        "components": [
            {
                "type": "library",
                "bom-ref": f"pkg:pypi/{part.name}@{part.version}",
                "name": part.name,
                "version": part.version,
                "purl": f"pkg:pypi/{part.name}@{part.version}",
                "licenses": [{"expression": part.licence}]
                if part.licence in COMPATIBLE
                else [{"license": {"name": part.licence or "?"}}],
            }
            for part in parts()
        ],
    }


def _installed() -> Iterator[Distribution]:
    lock = ROOT / "requirements" / "run.txt"
    if not lock.is_file():
        yield from (one for one in distributions() if _name(one) not in _NOT_PARTS)
        return
    for name in re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==", lock.read_text(), re.MULTILINE):
        try:
            yield distribution(name)
        except PackageNotFoundError:
            # Pinned for another machine (Windows, an older Python).
            continue


def _name(one: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", str(one.metadata["Name"])).lower()


def _spdx(words: str) -> str:
    short = words.strip().splitlines()[0] if words.strip() else ""
    return _WORDS.get(short.lower(), short)
