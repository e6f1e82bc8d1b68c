"""These pages in Chromium. Each request of the browser is answered by the test client: no port, no cookie."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import Context, copy_context
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from tandem.comptes.rules import IDLE_LIMIT
from tandem.espaces.tests import people
from tandem.espaces.tests.people import ClientOf
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Notice, Usager

pytestmark = [pytest.mark.parcours, pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

SITE = "https://tandem.example"
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
PUBLIC = ["/", "/ou-aller/", "/aide/", "/accessibilite/", "/confidentialite/", "/mentions-legales/"]
SCREENS = [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]

Opener = Callable[..., Page]


def _answer(route: Route, client: Client, story: Context) -> None:
    address = urlsplit(route.request.url)
    if address.path.startswith("/static/"):
        found = finders.find(address.path.removeprefix("/static/"))
        kind = TYPES[address.path.rsplit(".", 1)[1]]
        route.fulfill(path=str(found), content_type=kind)
        return
    url = f"{address.path}?{address.query}" if address.query else address.path
    if route.request.method == "POST":
        kind = route.request.headers["content-type"]
        body = route.request.post_data or ""
        response = story.run(client.post, url, body, content_type=kind)
    else:
        response = story.run(client.get, url)
    if response.status_code == 302:
        # A redirection given by a route would leave for the network.
        onward = f'<meta http-equiv="refresh" content="0;url={response["Location"]}">'
        route.fulfill(content_type="text/html", body=onward)
        return
    route.fulfill(
        status=response.status_code, headers=dict(response.items()), body=response.content
    )


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Open a page as the given client; anything said in the console fails the test."""
    said: list[str] = []
    with ExitStack() as stack:

        def open_page(client: Client, path: str, **options: Any) -> Page:
            context = browser.new_context(base_url=SITE, **options)
            stack.callback(context.close)
            # The browser calls from elsewhere: the database of the story is that of this context.
            story = copy_context()
            context.route("**/*", lambda route: _answer(route, client, story))
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(path)
            return page

        yield open_page
    assert [line for line in said if "Failed to load resource" not in line] == []


def assert_clean(page: Page) -> None:
    results = Axe().run(page, options=AXE)
    assert results.violations_count == 0, results.generate_report()
    assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")


@pytest.fixture
def full(acteur: Acteur, rose: Usager, andrei: Usager, at: datetime) -> Usager:
    """Rose, with something in every corner of her page."""
    people.channel(rose, acteur, at=at)
    people.channel(rose, acteur, at=at, kind="email", value="tres.longue.adresse@exemple.example")
    people.mandat(rose, acteur, at=at - timedelta(days=400), over=True)
    mandat = people.mandat(rose, acteur, at=at - timedelta(days=160), scopes=("theme:argent",))
    people.use(mandat, acteur, at=at - timedelta(days=1))
    people.use(mandat, acteur, at=at - timedelta(hours=30), absent=True)
    people.draft(acteur, at=at, usager=rose)
    Notice.objects.create(
        usager=rose, key="k", title="Mandat", body="Votre mandat a servi.", state="paper",
        created_at=at, day=at.date(),
    )  # fmt: skip
    return rose


class TestAccessibility:
    @pytest.mark.parametrize(("width", "scheme"), SCREENS)
    def test_of_public_pages(
        self, opened: Opener, client: Client, ccas: object, width: int, scheme: str
    ) -> None:
        """A-02, RGAA 10.11."""
        page = opened(
            client,
            "/",
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        for path in PUBLIC:
            page.goto(path)
            assert_clean(page)

    @pytest.mark.parametrize(("width", "scheme"), SCREENS)
    def test_of_the_aidants_pages(
        self,
        opened: Opener,
        client_of: ClientOf,
        alice: Affectation,
        full: Usager,
        width: int,
        scheme: str,
    ) -> None:
        """A-02: full, with an error, found, hidden beside a person."""
        viewport = {"width": width, "height": 800}
        browser = client_of(alice)
        page = opened(
            browser, "/accueil/", viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
        )
        assert_clean(page)
        for path in (f"/personnes/{full.public_id}/", f"/personnes/{full.public_id}/journal/"):
            page.goto(path)
            assert_clean(page)
        page.goto("/personnes/")
        for q in ("le", "lefevre", "nobody"):
            page.get_by_label("Nom de la personne").fill(q)
            with page.expect_response("**/personnes/"):
                page.get_by_role("button", name="Chercher").click()
            page.wait_for_load_state("networkidle")
            assert_clean(page)
        page.get_by_role("button", name="Personne présente").click()
        expect(page.locator("[data-person-present]")).to_be_attached()
        page.goto("/accueil/")
        assert_clean(page)

    def test_of_the_empty_pages(
        self, opened: Opener, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        """A-02."""
        page = opened(client_of(alice), f"/personnes/{rose.public_id}/")
        assert_clean(page)
        page.goto("/accueil/")
        assert_clean(page)


class TestTheHome:
    def test_weighs_at_most_40_kilobytes_in_8_requests(
        self, opened: Opener, client_of: ClientOf, alice: Affectation, full: Usager
    ) -> None:
        """A-17, A-18: HTML, CSS and JS on the wire."""
        page = opened(client_of(alice), "/aide/")
        weights: list[int] = []
        page.on("response", lambda r: weights.append(len(gzip.compress(r.body(), 6))))
        page.goto("/accueil/", wait_until="networkidle")
        assert len(weights) <= 8
        assert sum(weights) <= 40_000

    def test_warns_from_the_limit_that_the_server_keeps(
        self, client_of: ClientOf, alice: Affectation
    ) -> None:
        """A-07: the page and the session count the same minutes."""
        seconds = int(IDLE_LIMIT.total_seconds())
        html = client_of(alice).get("/accueil/").content.decode()
        assert f'data-idle-seconds="{seconds}"' in html


class TestTheSearch:
    def test_shows_people_as_one_types(
        self, opened: Opener, client_of: ClientOf, alice: Affectation, full: Usager
    ) -> None:
        """RGESN 4.9: half a second, three letters; the address never changes."""
        page = opened(client_of(alice), "/personnes/")
        sent: list[str] = []
        page.on("request", lambda r: sent.append(r.method) if r.method == "POST" else None)
        page.get_by_label("Nom de la personne").press_sequentially("lefev", delay=20)
        link = page.get_by_role("link", name="Rose LEFEVRE")
        expect(link).to_be_visible()
        assert sent == ["POST"]
        assert page.url == f"{SITE}/personnes/"
        link.click()
        expect(page.get_by_role("heading", name="Rose LEFEVRE", level=1)).to_be_visible()

    def test_works_without_script(
        self, opened: Opener, client_of: ClientOf, alice: Affectation, full: Usager
    ) -> None:
        page = opened(client_of(alice), "/personnes/", java_script_enabled=False)
        page.get_by_label("Nom de la personne").fill("lefevre")
        page.get_by_role("button", name="Chercher").click()
        expect(page.get_by_role("link", name="Rose LEFEVRE")).to_be_visible()


class TestBesideAPerson:
    def test_one_button_empties_the_screen_of_other_names(
        self, opened: Opener, client_of: ClientOf, alice: Affectation, full: Usager
    ) -> None:
        """P-28, from the page of the person: theirs stays."""
        page = opened(client_of(alice), f"/personnes/{full.public_id}/")
        page.get_by_role("button", name="Personne présente").click()
        button = page.get_by_role("button", name="Personne présente")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("heading", name="Rose LEFEVRE", level=1)).to_be_visible()
        page.goto("/accueil/")
        expect(page.get_by_text("POPESCU")).to_have_count(0)
        expect(page.get_by_text("Rose LEFEVRE").first).to_be_visible()
