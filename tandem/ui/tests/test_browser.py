"""The interface in Chromium: rules of accessibility, sizes, keyboard, comfort scripts."""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.parcours

PAGES = ["/composants/", "/guichet/", "/guichet/?present", "/absente/"]
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
CONTROLS = (
    ".button, .chip, .nav a, .nav__button, summary, .choice, select, textarea,"
    " input:not([type=radio], [type=checkbox], [type=hidden])"
)
SMALL = f"""() => [...document.querySelectorAll('{CONTROLS}')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44)
  .map((e) => e.outerHTML)"""
WIDER = "() => document.documentElement.scrollWidth > innerWidth"

Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, ui_server: str) -> Iterator[Opener]:
    """Open a page; anything said in the console fails the test."""
    said: list[str] = []
    with ExitStack() as stack:

        def open_page(path: str, **options: Any) -> Page:
            context = browser.new_context(base_url=ui_server, **options)
            stack.callback(context.close)
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.clock.install()
            page.goto(path)
            return page

        yield open_page
    assert [line for line in said if "404" not in line and "422" not in line] == []


def minutes(page: Page, number: float) -> None:
    page.clock.fast_forward(int(number * 60_000))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_page_breaks_no_rule_of_accessibility(
    opened: Opener, path: str, scheme: str, width: int
) -> None:
    """A-02: axe, both themes, both widths; no sideways scroll (RGAA 10.11); targets of 44 px."""
    page = opened(
        path, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    results = Axe().run(page, options=AXE)
    assert results.violations_count == 0, results.generate_report()
    assert not page.evaluate(WIDER)
    assert page.evaluate(SMALL) == []


class TestThePage:
    def test_weighs_little_and_asks_little(self, opened: Opener, ui_server: str) -> None:
        """≤ 40 kB of HTML, CSS and JS on the wire, ≤ 8 requests (A-17, A-18)."""
        page = opened("/composants/")
        weights: list[int] = []
        page.on("response", lambda r: weights.append(len(gzip.compress(r.body(), 6))))
        page.goto("/guichet/", wait_until="networkidle")
        assert len(weights) <= 8
        assert sum(weights) <= 40_000

    def test_calls_nobody_else(self, opened: Opener, ui_server: str) -> None:
        """P-42."""
        page = opened("/guichet/")
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        page.reload(wait_until="networkidle")
        assert asked
        assert all(url.startswith(ui_server) for url in asked)

    def test_bears_wider_text_at_320_pixels(self, opened: Opener) -> None:
        """A-06; RGAA 10.12."""
        page = opened("/guichet/?present", viewport={"width": 320, "height": 800})
        page.evaluate(
            """() => document.querySelectorAll('body *').forEach((e) => Object.assign(e.style,
              {lineHeight: 1.5, letterSpacing: '0.12em', wordSpacing: '0.16em'}))"""
        )
        assert not page.evaluate(WIDER)

    def test_turns_for_a_script_written_from_right_to_left(self, opened: Opener) -> None:
        """RGAA 8.10."""
        page = opened("/guichet/", viewport={"width": 1000, "height": 800})
        page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
        box = page.locator(".brand").bounding_box()
        assert box is not None
        assert box["x"] > 500
        assert not page.evaluate(WIDER)

    def test_keeps_its_shapes_in_forced_colours(self, opened: Opener) -> None:
        """A-06."""
        page = opened("/composants/", forced_colors="active")
        border = page.locator(".notice").first.evaluate("e => getComputedStyle(e).borderTopWidth")
        assert border == "2px"

    def test_prints_its_content_alone(self, opened: Opener) -> None:
        page = opened("/guichet/")
        page.emulate_media(media="print")
        expect(page.locator("header.header")).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()

    def test_shows_everything_without_script(self, opened: Opener) -> None:
        page = opened("/composants/", java_script_enabled=False)
        expect(page.get_by_role("button", name="Signer le mandat")).to_be_visible()
        expect(page.get_by_role("link", name="Ouvrir une question")).to_be_visible()
        # What needs a script is not offered.
        expect(page.get_by_role("button", name="Écouter ce texte")).to_be_hidden()


class TestTheKeyboard:
    def test_reaches_the_content_first(self, opened: Opener) -> None:
        """A-04; RGAA 12.7."""
        page = opened("/guichet/")
        page.keyboard.press("Tab")
        link = page.get_by_role("link", name="Aller au contenu")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

    def test_sees_where_it_is(self, opened: Opener) -> None:
        """A-04; RGAA 10.7."""
        page = opened("/guichet/")
        for _stop in range(6):
            page.keyboard.press("Tab")
            style = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]; }"
            )
            assert style == ["solid", "3px"]

    def test_goes_from_an_error_to_its_field(self, opened: Opener) -> None:
        """A-10; RGAA 11.10, 11.11."""
        page = opened("/composants/")
        expect(page.locator("[data-error-summary]").first).to_be_focused()
        page.get_by_role("link", name="Il manque une réponse : Langue du texte").click()
        expect(page.locator("#id_language")).to_be_focused()


class TestTheScreen:
    def test_is_hidden_by_one_key_and_comes_back(self, opened: Opener) -> None:
        """P-28: one key blanks the screen, title included; a gesture alone brings it back, and what was typed."""
        page = opened("/guichet/")
        assert "Rose Lefèvre" in page.title()
        page.keyboard.press("F9")
        expect(page.locator("main")).to_be_hidden()
        expect(page.get_by_text("L’écran est masqué.")).to_be_visible()
        assert page.title() == "Tandem"
        page.keyboard.press("F9")
        code = page.get_by_label("Code")
        expect(code).to_be_focused()
        expect(page.locator("main")).to_be_hidden()
        code.fill("000000")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("pas le bon geste")
        expect(page.locator("main")).to_be_hidden()
        code.fill("123456")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_visible()
        assert "Rose Lefèvre" in page.title()

    def test_is_hidden_by_a_visible_button(self, opened: Opener) -> None:
        page = opened("/guichet/")
        page.get_by_role("button", name=re.compile("Masquer l’écran")).click()
        expect(page.locator("main")).to_be_hidden()
        back = page.get_by_role("link", name="Montrer l’écran")
        expect(back).to_be_focused()
        back.click()
        page.get_by_label("Code").fill("123456")
        page.get_by_role("button", name="Montrer l’écran").click()
        expect(page.locator("main")).to_be_visible()

    def test_is_hidden_for_the_server_too(self, opened: Opener) -> None:
        """P-28: so that neither a reload nor another window shows it."""
        page = opened("/guichet/")
        with page.expect_request("**/espaces/blank/") as sent:
            page.keyboard.press("F9")
        assert sent.value.method == "POST"
        assert "next" in (sent.value.post_data or "")

    def test_left_alone_a_minute_beside_a_person_hides_itself(self, opened: Opener) -> None:
        """P-28: blank after 60 s idle, in person-present mode only."""
        page = opened("/guichet/?present")
        minutes(page, 0.9)
        expect(page.locator("main")).to_be_visible()
        minutes(page, 0.2)
        expect(page.locator("main")).to_be_hidden()
        alone = opened("/guichet/")
        minutes(alone, 2)
        expect(alone.locator("main")).to_be_visible()


class TestTheEndOfTheSession:
    def test_is_announced_two_minutes_before_and_put_off_with_one_key(self, opened: Opener) -> None:
        """A-07."""
        page = opened("/guichet/")
        question = page.get_by_role("alertdialog", name="Êtes-vous encore là ?")
        minutes(page, 12.8)
        expect(question).to_be_hidden()
        minutes(page, 0.4)
        expect(question).to_be_visible()
        expect(page.get_by_role("button", name="Rester connecté")).to_be_focused()
        with page.expect_request("**/comptes/keep_alive/") as sent:
            page.keyboard.press("Enter")
        assert sent.value.method == "POST"
        expect(question).to_be_hidden()
        minutes(page, 12.5)
        expect(question).to_be_hidden()

    def test_closes_the_page(self, opened: Opener) -> None:
        page = opened("/guichet/")
        minutes(page, 15.2)
        # Back on this very page after the key.
        page.wait_for_url("**/comptes/login/?next=/guichet/")


class TestAForm:
    def test_is_sent_once(self, opened: Opener) -> None:
        """R-09: the first net of a double click, in the browser."""
        page = opened("/guichet/")
        sent: list[str] = []
        page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
        page.route("**/espaces/person_present/", lambda route: route.fulfill(status=204))
        button = page.get_by_role("button", name="Personne présente")
        button.evaluate("e => { e.click(); e.click(); }")
        expect(button).to_have_attribute("aria-disabled", "true")
        button.evaluate("e => e.click()")
        assert len(sent) == 1


class TestAQuestion:
    def test_opens_in_place_and_gives_the_focus_back(self, opened: Opener) -> None:
        page = opened("/composants/")
        opener = page.get_by_role("link", name="Ouvrir une question")
        opener.click()
        question = page.get_by_role("dialog", name="Arrêter ce mandat ?")
        expect(question).to_be_visible()
        assert Axe().run(page, options=AXE).violations_count == 0
        page.keyboard.press("Escape")
        expect(question).to_be_hidden()
        expect(opener).to_be_focused()


class TestReadingAloud:
    VOICE = """
      window.__said = [];
      window.SpeechSynthesisUtterance = class extends EventTarget {
        constructor(words) { super(); this.words = words; }
      };
      Object.defineProperty(window, 'speechSynthesis', {value: {
        cancel() { window.__said.push('stop'); },
        speak(u) { window.__said.push([u.words, u.lang]); },
      }});
    """

    def test_says_each_sentence_in_its_language_and_stops(self, opened: Opener) -> None:
        """A-09, P-03: the text read aloud by the browser."""
        page = opened("/absente/")
        page.add_init_script(self.VOICE)
        page.goto("/composants/")
        button = page.get_by_role("button", name="Écouter ce texte")
        button.click()
        said = page.evaluate("() => window.__said")
        assert ["Rose peut arrêter ce mandat à tout moment.", "fr"] in said
        assert ["Elle n’a pas à dire pourquoi.", "fr"] in said
        page.get_by_role("button", name="Arrêter la lecture").click()
        assert page.evaluate("() => window.__said.at(-1)") == "stop"
        expect(button).to_have_attribute("aria-pressed", "false")
