"""One person at one screen: what they do, what they see, what it costs, what is wrong on the way."""

import os
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, Request, Response
from playwright.sync_api import TimeoutError as Late

from simulateurs.demo import Demonstration
from tests.parcours import atlas, rgaa
from tests.parcours.costs import Effort

PICTURES = Path(__file__).resolve().parents[2] / "var" / "parcours"
# `TANDEM_PICTURES=1`: a picture of every page looked at, at each width and in each theme.
PICTURE_ALL = "TANDEM_PICTURES" in os.environ
WIDTHS = (320, 1280)
THEMES = ("light", "dark")
HEIGHT = 800
OWN = re.compile(r"^(http://[a-z]+\.localhost:\d+/|data:|about:|blob:|chrome-error:)")

_BONES = re.compile(r"landmark|page-has-heading|region|skip-link|bypass")

_AXE = Axe().axe_script
_RUN_AXE = """axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}})
  .then((found) => found.violations.map(
    (one) => one.id + " " + one.nodes.slice(0, 2).map((node) => node.html.slice(0, 160))))"""
# Nothing wider than its page, nothing outside of the column, nothing too small for a thumb (44 px).
_LAYOUT = """() => {
  const wrong = [], root = document.documentElement;
  const say = (element) => element.outerHTML.slice(0, 120);
  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) {
    const far = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().left + element.scrollWidth > root.clientWidth);
    wrong.push("the page is " + wide + " px too wide: " + far.slice(-2).map(say));
  }
  const seen = (element) => element.checkVisibility() && !element.closest(".visually-hidden, .skip, [hidden]");
  const main = document.querySelector("main"), style = getComputedStyle(main);
  const right = main.getBoundingClientRect().right - parseFloat(style.paddingRight) + 1;
  main.querySelectorAll("*").forEach((element) => {
    if (seen(element) && !element.closest("svg, thead") && element.getBoundingClientRect().right > right)
      wrong.push("outside of the column: " + say(element));
  });
  const fields = "input:not([type=hidden], [type=radio], [type=checkbox])";
  document.querySelectorAll("button, .button, .chip, .nav a, select, " + fields).forEach((element) => {
    const height = element.getBoundingClientRect().height;
    if (seen(element) && height < 44) wrong.push("only " + height + " px high: " + say(element));
  });
  return wrong.slice(0, 5);
}"""
# A form that holds something to type or to choose can be refused; the search has no wrong answer but the empty one.
_FIELDS = "main form[method=post] :is(input:not([type=hidden], [hidden]), select, textarea) >> visible=true"
# WCAG 1.4.12, as its authors' own test writes it. A constructed sheet is no inline style: the CSP stands.
_SPACING = """(on) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
    + "p {margin-bottom: 2em !important}");
  document.adoptedStyleSheets = on ? [sheet] : [];
}"""
# Text twice as big (RGAA 10.4), as the reader's browser makes it: everything follows the size of the root.
_TWICE = """(on) => {
  const others = [...document.adoptedStyleSheets].slice(0, on ? undefined : -1), sheet = new CSSStyleSheet();
  sheet.replaceSync("html {font-size: 225% !important}");
  document.adoptedStyleSheets = on ? [...others, sheet] : others;
}"""
_CUT = """() => [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility({visibilityProperty: true})
    && !e.closest(".visually-hidden, .skip, .curtain, svg, thead") && !e.matches("input, select, textarea, progress")
    && e.textContent.trim() && /hidden|clip/.test(getComputedStyle(e).overflow)
    && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2))
  .map((e) => "cut: " + e.outerHTML.slice(0, 110))
  .concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["too wide"] : [])"""
# With the colours of the system alone, no ground is left: what one presses or fills keeps an edge, and its words.
_EDGES = """() => [...document.querySelectorAll(
    ".button:not(.button--quiet), .chip, .choice--card, select, textarea, input")]
  .filter((e) => e.checkVisibility() && !e.matches("[type=radio], [type=checkbox], [type=hidden]"))
  .filter((e) => getComputedStyle(e).borderTopStyle === "none" || parseFloat(getComputedStyle(e).borderTopWidth) < 1
    || getComputedStyle(e).forcedColorAdjust === "none")
  .map((e) => "no edge: " + e.outerHTML.slice(0, 110))"""


def check_zoom(page: Page) -> list[str]:
    """What is cut, or goes out of the window, once text is twice as big (A-06)."""
    page.evaluate(_TWICE, True)
    wrong: list[str] = page.evaluate(_CUT)
    page.evaluate(_TWICE, False)
    return wrong[:5]


def check_forced_colours(page: Page) -> list[str]:
    """What has no edge left with the colours of the system (A-06)."""
    page.emulate_media(forced_colors="active")
    wrong: list[str] = page.evaluate(_EDGES)
    page.emulate_media(forced_colors="none")
    return wrong[:5]


@dataclass
class Journey:
    """A window, its gestures counted, its pages checked."""

    context: BrowserContext
    page: Page
    demonstration: Demonstration
    third_parties: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    effort: Effort = field(default_factory=Effort)
    titles: dict[str, str] = field(default_factory=dict)
    seen: atlas.Seen = field(default_factory=atlas.Seen)
    is_strict: bool = False
    findings: list[str] = field(default_factory=list)

    @property
    def site(self) -> str:
        return self.demonstration.installation.url("tandem")

    @property
    def administration(self) -> str:
        return self.demonstration.installation.url("administration")

    @property
    def at_tandem(self) -> bool:
        """What is done elsewhere is not a gesture of ours."""
        return self.page.url.startswith(self.site)

    def effort_so_far(self) -> Effort:
        """To be compared with what comes after."""
        return copy(self.effort)

    # What the person does

    def open(self, path: str) -> int:
        """Open an address of Tandem; give back the status."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.site}{path}")
        assert answer is not None
        return answer.status

    def click(self, words: str, *, role: str = "button", exact: bool = False) -> None:
        """One gesture: a button, or a link."""
        self.press(self.page.get_by_role(role, name=words, exact=exact).first)  # type: ignore[arg-type]  # a role's name

    def follow(self, words: str) -> None:
        """One gesture: a link."""
        self.click(words, role="link")

    def press(self, what: Locator | str) -> None:
        """One gesture: whatever is pressed."""
        self.effort.clicks += self.at_tandem
        (self.page.locator(what).first if isinstance(what, str) else what).click()
        self.page.wait_for_load_state()

    def fill(self, name: str, value: str) -> None:
        """One gesture: a field."""
        self.effort.typed += self.at_tandem
        self.effort.characters += len(value) * self.at_tandem
        self.page.locator(f"[name={name}]").first.fill(value)

    def tick(self, name: str, value: str = "") -> None:
        """One gesture: a radio or a checkbox, by its label as a person does."""
        self.effort.clicks += self.at_tandem
        exactly = f"[value='{value}']" if value else ""
        box = self.page.locator(f"[name={name}]{exactly}").first
        if not box.is_visible():
            self.press(self.page.locator("details", has=box).locator("summary"))
        self.page.locator(f"label[for='{box.get_attribute('id')}']").first.click()
        assert box.is_checked(), f"{name} {value}"

    def touch(self) -> None:
        """One gesture: the finger on the device."""
        self.effort.touches += 1

    def read(self, selector: str = "main .summary", *, as_the_person: bool = False) -> None:
        """Read these words: the aidant what they must check, the person what they accept."""
        words = len(" ".join(self.page.locator(selector).all_inner_texts()).split())
        assert words > 0, selector
        if as_the_person:
            self.effort.text_words += words
        else:
            self.effort.words += words

    def arrive(self, path: str) -> None:
        """Wait for this address: a glob.

        Raises:
            AssertionError: it does not come; says what the page says instead.
        """
        try:
            self.page.wait_for_url(f"**{path}")
        except Late as late:
            raise AssertionError(f"not {path} but {self.page.url}: {self.text()[:1500]}") from late

    # What the person sees

    def text(self) -> str:
        """Every word of the page."""
        return self.page.locator("body").inner_text().replace("\u00a0", " ")

    def see(self, *sentences: str) -> None:
        """The page says this.

        Raises:
            AssertionError: it does not.
        """
        text = self.text()
        for words in sentences:
            assert words in text, f"« {words} » is not at {self.page.url}: {text[:900]}"

    def not_see(self, *sentences: str) -> None:
        """The page says nothing of this, nor does its source.

        Raises:
            AssertionError: it does.
        """
        source = self.page.content()
        for words in sentences:
            assert words not in source, f"« {words} » is at {self.page.url}"

    def refused(
        self, name: str, *, widths: Sequence[int] = WIDTHS, form: str = "form:not([hidden])"
    ) -> None:
        """A form, sent as it is, comes back with its errors first (A-10)."""
        with self.page.expect_response(_is_an_answer) as it:
            self.press(f"main {form} button[type=submit] >> visible=true")
        assert it.value.status == 422, f"{name}: {it.value.status}"
        self.page.locator("[data-error-summary]:focus").wait_for()
        if it.value.request.is_navigation_request():
            assert self.page.title().startswith("Erreur"), name
        self.check(name, widths)
        self.seen.refused.add(atlas.route_of(self.page.url))

    # What is wrong

    def check(self, name: str = "", widths: Sequence[int] = WIDTHS) -> None:
        """axe in both themes at each width, the layout, the bones of the page; then as it was before.

        Raises:
            AssertionError: something is wrong.
        """
        where = f"{self.page.url} {name}"
        before = self.page.viewport_size or {"width": widths[0], "height": HEIGHT}
        self.page.evaluate(_AXE)
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
                wrong = self.page.evaluate(_RUN_AXE)
                if PICTURE_ALL:
                    self.picture(f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{theme}")
                assert wrong == [], f"{where} ({width} px, {theme}): {wrong}"
            wrong = self.page.evaluate(_LAYOUT)
            assert wrong == [], f"{where} ({width} px): {wrong}"
            if width == min(widths):
                self.page.evaluate(_SPACING, True)
                wrong = self.page.evaluate(_LAYOUT)
                self.page.evaluate(_SPACING, False)
                assert not any("too wide" in line for line in wrong), (
                    f"{where} ({width} px, spaced): {wrong}"
                )
            if width == max(WIDTHS):
                self._find(where, check_zoom(self.page) + check_forced_colours(self.page))
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(before)
        self._find(where, self.page.evaluate(rgaa.CHECK))
        self._check_bones(where, name)
        self.seen.note(self.page.url, has_form=self.page.locator(_FIELDS).count() > 0)

    def _find(self, where: str, wrong: Sequence[str]) -> None:
        """What the scripted criteria say: fails the walk of every page; elsewhere said at the end of the run."""
        assert not (wrong and self.is_strict), f"{where} (RGAA): {wrong}"
        self.findings += [f"{where}: {line}" for line in wrong]

    def check_curtain(self) -> None:
        """The hidden screen has one thing to do, in both themes."""
        self.page.evaluate(_AXE)
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
            # What is hidden has no landmark nor title any more.
            wrong = [line for line in self.page.evaluate(_RUN_AXE) if not _BONES.match(line)]
            assert wrong == [], f"the curtain ({theme}): {wrong}"

    def _check_bones(self, where: str, name: str) -> None:
        bones = self.page.evaluate(
            """() => ({h1: document.querySelectorAll("h1").length, lang: document.documentElement.lang,
              title: document.title, first: document.querySelector("a, button, input")?.getAttribute("href"),
              main: document.querySelectorAll("main#contenu").length})"""
        )
        title = bones.pop("title")
        assert bones == {"h1": 1, "lang": "fr", "first": "#contenu", "main": 1}, f"{where}: {bones}"
        assert re.match(r"\S.+ – \S", title), f"{where}: « {title} »"
        if name:
            # « page, state »: the states of one page may share its title.
            route = name.split(",", maxsplit=1)[0]
            other = self.titles.setdefault(title, route)
            assert other == route, f"{where}: « {title} » is also the title of {other}"

    def picture(self, name: str) -> None:
        """A picture to look at, in var/parcours/."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or {"width": 0}
        self.page.screenshot(path=PICTURES / f"{name}-{size['width']}.png", full_page=True)


def _is_an_answer(answer: Response) -> bool:
    """To a form: not to the script that asks for the challenge of a passkey."""
    return answer.request.method == "POST" and not answer.url.endswith(("/geste/", "/options/"))


def watch(journey: Journey) -> None:
    """Every request stays at home; every message of the console counts; Tandem's own time is added up."""
    site = journey.site

    def asked(request: Request) -> None:
        if not OWN.match(request.url):
            journey.third_parties.append(request.url)

    def answered(request: Request) -> None:
        if request.url.startswith(site) and "/static/" not in request.url:
            timing = request.timing
            journey.effort.own_ms += max(0.0, timing["responseStart"] - timing["requestStart"])

    def complain(message: Any) -> None:
        # A refused form answers 422 and a closed page 403: Chromium says so of each.
        if message.type == "error" and "Failed to load resource" not in message.text:
            journey.problems.append(message.text)

    journey.page.on("request", asked)
    journey.page.on("requestfinished", answered)
    journey.page.on("console", complain)
    journey.page.on("pageerror", lambda error: journey.problems.append(str(error)))
