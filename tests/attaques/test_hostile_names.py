"""Hostile names everywhere a name goes: pages, PDF, e-mails, SMS, files; nothing runs, nothing breaks (S-28, R-19).

They are put in the rows themselves, behind the forms that clean them; then typed in the forms.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html.parser import HTMLParser
from itertools import islice
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tandem.envois.actions import EnvoiRefused, queue_email, queue_sms, send_due
from tandem.envois.backends import MemorySms
from tandem.kernel.text import clean_line
from tandem.structures.models import Affectation
from tandem.structures.tests.factories import StructureFactory
from tandem.usagers.models import Usager
from tests.attaques.names import SUM, TAG, TRAPS, names, plain
from tests.maison import world as house
from tests.maison.access_table import ROWS
from tests.maison.conftest import undone
from tests.maison.test_answers import MAY_BE_ABSENT, insider
from tests.maison.test_laws import routes
from tests.maison.world import AT, World, build

pytestmark = pytest.mark.django_db
PAGES = [name for name in sorted(ROWS) if "get" in ROWS[name].methods]
# Names that a world takes: given, family, colleague, service, structure.
EACH = 5
_LINE_OF_CALENDAR = re.compile(r"[A-Z-]+[;:]| ")


class _Structures:
    """Structures, whose names are hostile too."""

    def __init__(self, name: str) -> None:
        self.name = plain(name)

    def create(self, **traits: Any) -> Any:
        return StructureFactory.create(**{**traits, "name": self.name})


def hostile_world(given: str, family: str, colleague: str, service: str, place: str) -> World:
    """The world of the sweeps, where everybody is named like this."""
    with (
        patch.object(house, "GIVEN", given),
        patch.object(house, "FAMILY", family),
        patch.object(house, "COLLEAGUE", plain(colleague)),
        patch.object(house, "DECLARED", service),
        patch.object(house, "StructureFactory", _Structures(place)),
    ):
        return build()


class _Elements(HTMLParser):
    """Elements and attributes that no page of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A name that became one of them was run."""
        given = dict(attrs)
        is_inline = tag == "style" or (tag == "script" and not given.get("src"))
        self.wrong += [tag] * (tag.startswith(TAG) or is_inline)
        for name, value in attrs:
            if TAG in name or name.startswith("on") or name == "style":
                self.wrong.append(f"{tag} {name}")
            if name in {"href", "action", "src"} and (value or "").lower().startswith(
                "javascript:"
            ):
                self.wrong.append(f"{tag} {name}={value}")


def wrong_in(response: Any) -> list[str]:
    """What a hostile name did to an answer."""
    wrong = [f"header {n}" for n, v in response.items() if TAG in str(v) or SUM in str(v)]
    wrong += [f"cookie {TAG}"] * (TAG in response.cookies)
    kind = response.get("Content-Type", "")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if kind.startswith("application/pdf"):
        return wrong + ["no PDF"] * (not body.startswith(b"%PDF-"))
    text = body.decode()
    wrong += [SUM] * (SUM in text)
    if kind.startswith("text/html"):
        page = _Elements()
        page.feed(text)
        return wrong + page.wrong
    if kind.startswith("text/calendar"):
        lines = [line for line in text.split("\r\n") if line]
        wrong += [line for line in lines if not _LINE_OF_CALENDAR.match(line)]
        wrong += ["an event more"] * (lines.count("BEGIN:VEVENT") != lines.count("END:VEVENT"))
    return wrong


def sweep(world: World, pages: list[str]) -> list[str]:
    """What hostile names did to these pages; read by a parser, since « onerror= » may be the text of a name."""
    with patch("conftest._assert_clean"):
        return _swept(world, pages)


def _swept(world: World, pages: list[str]) -> list[str]:
    wrong = []
    for name in pages:
        browser = world.browser(insider(name))
        browser.raise_request_exception = False
        with undone():
            response: Any = browser.get(world.address(name, ROWS[name].kwargs))
        if response.status_code >= 500 and name not in MAY_BE_ABSENT:
            wrong.append(f"{name}: {response.status_code}")
            continue
        wrong += [f"{name}: {one}" for one in wrong_in(response)]
    return wrong


def worlds(count: int, *, seed: int) -> Iterator[tuple[list[str], World]]:
    """Worlds whose names are hostile, forgotten after each."""
    found = names(count, seed=seed)
    while len(chosen := list(islice(found, EACH))) == EACH:
        with time_machine.travel(AT, tick=False), undone():
            yield chosen, hostile_world(*chosen)


class TestEveryPage:
    def test_shows_them_and_nothing_more(self) -> None:
        """S-28: every page and every PDF, with the worst of them all at once."""
        chosen = [
            '"\'><hax onmouseover=hax()>{{ 6|add:36001 }}#panic("hax")$[*_`\\',
            "</title></textarea><script>hax()</script>#(6 + 36001)\r\nBEGIN:VEVENT\x00\u202e",
            "javascript:hax()' hax='%(hax)s{% now 'Y' %}",
            "=6+36001\r\nBcc: hax@evil.example</option></select><hax>",
            "-6+36001 <img src=x onerror=hax()> &lt;hax&gt; ]]> <!-- 𝕽",
        ]
        with time_machine.travel(AT, tick=False), undone():
            assert sweep(hostile_world(*chosen), PAGES) == []

    @pytest.mark.trust
    def test_shows_a_thousand_of_them(self, record_property: Any) -> None:
        """S-28, R-19: a thousand names; every page meets a fifth of them and more."""
        wrong, opened = [], 0
        for number, (chosen, world) in enumerate(worlds(1_000, seed=1)):
            pages = PAGES[number % 5 :: 5]
            wrong += [f"{one} {chosen}" for one in sweep(world, pages)]
            opened += len(pages)
        record_property("pages opened", opened)
        assert wrong == []

    def test_that_runs_one_is_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A-23: a name written as it is."""

        def careless(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
            family = Usager.objects.order_by("pk")[0].family_name
            return HttpResponse(f'<html lang="fr"><main>{family}</main></html>')

        careless.access = "aidant"  # type: ignore[attr-defined]  # read by the middlewares
        monkeypatch.setattr(routes()["espaces:person"], "callback", careless)
        with time_machine.travel(AT, tick=False), undone():
            world = hostile_world("Rose", "<hax>", "Plougastel", "caf.fr", "CCAS")

            assert sweep(world, ["espaces:person"]) == ["espaces:person: hax"]


class TestAForm:
    def test_keeps_what_can_be_a_name(
        self, alice: Affectation, client_of: Callable[..., Any], at: datetime
    ) -> None:
        """S-28, R-19: refused in words, or kept without what turns, hides, or begins another line."""
        with time_machine.travel(at, tick=False):
            desk = client_of(alice)
            for trap in TRAPS:
                typed = {"given_names": f"Rose {trap}"[:200], "family_name": trap[:200]}
                response = desk.post(reverse("usagers:declare"), typed | {"birthdate": ""})
                assert response.status_code in {302, 422}, trap

        kept = list(Usager.objects.all())
        assert len(kept) > len(TRAPS) // 2
        for made in kept:
            assert made.given_names == clean_line(made.given_names)
            assert made.family_name == clean_line(made.family_name)


class TestAMessage:
    @pytest.mark.parametrize("trap", TRAPS)
    def test_holds_one_address_and_one_subject(self, trap: str) -> None:
        """S-28: a name in a subject begins no other header; in an address, it is refused."""
        mail.outbox = []
        try:
            queue_email(to="rose@example.org", subject=f"De {trap}", body=trap, key="k", at=AT)
        except EnvoiRefused:
            assert any(ord(c) < 32 or c in "\x7f\x85\u2028\u2029" for c in trap)
            return
        send_due(at=AT, worker="w")

        [sent] = mail.outbox
        message = sent.message()
        assert sorted(set(message.keys())) == sorted(message.keys())
        assert message["To"] == "rose@example.org"
        assert "Bcc" not in message
        assert message.get_content_type() == "text/plain"

    @pytest.mark.parametrize("trap", [one for one in TRAPS if one.strip()])
    def test_goes_to_no_address_made_of_one(self, trap: str) -> None:
        with pytest.raises(EnvoiRefused):
            queue_sms(to=f"+336{trap}", body="x", key="k", at=AT)

    @pytest.mark.parametrize("trap", TRAPS)
    def test_by_telephone_is_a_text(self, trap: str) -> None:
        queue_sms(to="+33612345678", body=trap, key="k", at=AT)

        assert send_due(at=AT, worker="w") == 1
        assert [body for _to, body, _key in MemorySms.outbox if body == trap]
