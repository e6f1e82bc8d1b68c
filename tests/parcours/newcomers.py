"""A structure opened for the occasion, and the links its people receive."""

import re
import secrets

from django.utils.text import slugify

from simulateurs.demo import Demonstration
from tests.parcours.acts import WAIT_SECONDS
from tests.parcours.journey import Journey


def open_structure(demonstration: Demonstration, *names: str) -> list[str]:
    """Open a structure with these aidants; give back their addresses."""
    domain = f"{secrets.token_hex(3)}.example"
    addresses = [f"{slugify(name.split()[0])}@{domain}" for name in names]
    words = ["--name", "Association Les Passerelles", "--siret", new_siret()]
    words += ["--address", "3 rue du Moulin", "--postcode", "35000", "--city", "Rennes"]
    words += ["--referent-email", f"Nadia Ferrand <nadia@{domain}>"]
    for name, address in zip(names, addresses, strict=True):
        words += ["--aidant-email", f"{name} <{address}>"]
    demonstration.installation.run("structure", "add", *words)
    return addresses


def new_siret() -> str:
    """A number whose checksums hold, of nobody that we know."""
    return _completed(_completed(f"9{secrets.randbelow(10**7):07d}") + "0001")


def _completed(stem: str) -> str:
    return next(stem + last for last in "0123456789" if _luhn(stem + last) % 10 == 0)


def _luhn(digits: str) -> int:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled)


def open_invitation(journey: Journey, address: str) -> None:
    """Read the e-mail on the console of the demonstration, and follow its link."""
    message = journey.page.locator("[data-message]", has_text=address)
    for _second in range(WAIT_SECONDS):
        journey.open(journey.demonstration.installation.url("console"))
        if message.count():
            break
        journey.page.wait_for_timeout(1000)
    link = re.search(r"http://\S+/activation/\S+", message.first.inner_text())
    assert link is not None
    journey.open(link[0])
