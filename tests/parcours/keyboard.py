"""Hands on a keyboard: Tab, Enter, Space, arrows, and letters.

At each stop the focus is seen (3 px, contrast 3:1), goes forward in the order of reading, and is never trapped.
"""

from typing import Any

from tests.parcours.journey import Journey

MOST_STOPS = 90
FOCUS_PIXELS = 3
FOCUS_CONTRAST = 3.0
_STOP = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return null;
  const shown = stop.closest(".choice--card") || stop;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const light = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const [low, high] = [light(channels(style.outlineColor)), light(behind(shown.parentElement))].sort((a, b) => a - b);
  return {
    what: stop.outerHTML.slice(0, 100),
    rank: Array.from(document.querySelectorAll("*")).indexOf(stop),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    contrast: (high + 0.05) / (low + 0.05),
    inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    top: box.top + scrollY, left: box.left, right: box.right,
  };
}"""


class Keyboard:
    """Hands on the keyboard of a journey."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.page = journey.page
        self.last: dict[str, Any] | None = None

    def tab(self) -> dict[str, Any] | None:
        """One stop further; None when the focus has left the page."""
        self.journey.effort.moves += self.journey.at_tandem
        self.page.keyboard.press("Tab")
        stop = self.page.evaluate(_STOP)
        if stop is None:
            self.last = None
            return None
        where = f"{self.page.url}: {stop['what']}"
        assert stop["outline"] >= FOCUS_PIXELS, f"the focus is not seen at {where}"
        assert stop["contrast"] >= FOCUS_CONTRAST, f"the focus is too pale at {where}"
        assert stop["inside"], f"the focus is off the screen at {where}"
        if self.last is not None:
            assert stop["rank"] > self.last["rank"], f"the focus goes backwards at {where}"
            beside = stop["left"] >= self.last["right"] or stop["left"] > self.last["left"] + 200
            forward = stop["top"] >= self.last["top"] - 30 or beside
            assert forward, f"the focus jumps up at {where}"
        self.last = stop
        return dict(stop)

    def to(self, selector: str) -> None:
        """Tab until this has the focus."""
        for _stop in range(MOST_STOPS):
            if self.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
            if self.tab() is None:
                break
        raise AssertionError(f"no way to {selector} at {self.page.url}")

    def press(self, selector: str, arrive: str, key: str = "Enter") -> None:
        """Go there, press, arrive elsewhere."""
        self.to(selector)
        self.journey.effort.keys += self.journey.at_tandem
        self.page.keyboard.press(key)
        self.journey.arrive(arrive)
        self.page.wait_for_load_state()
        self.last = None

    def choose(self, selector: str, *, arrows: int = 0) -> None:
        """A box by Space; a radio by Space or by arrows."""
        self.to(selector)
        self.journey.effort.keys += 1 + arrows
        self.page.keyboard.press("Space")
        for _arrow in range(arrows):
            self.page.keyboard.press("ArrowDown")

    def type(self, name: str, words: str) -> None:
        """A field, letter by letter."""
        self.to(f"[name={name}]")
        self.journey.effort.typed += 1
        self.journey.effort.characters += len(words)
        self.page.keyboard.type(words)

    def submit(self, arrive: str) -> None:
        """The main button of the page."""
        self.press("main .actions button[type=submit]", arrive)

    def sweep(self) -> int:
        """From the top of a fresh page to its end, never trapped; give back the number of stops."""
        self.page.reload()
        self.last = None
        stops = 0
        while self.tab() is not None:
            stops += 1
            assert stops < MOST_STOPS, f"a trap at {self.page.url}"
            if self.page.evaluate(
                "document.activeElement === [...document.querySelectorAll('a[href], button')].at(-1)"
            ):
                break
        assert stops > 3, self.page.url
        return stops
