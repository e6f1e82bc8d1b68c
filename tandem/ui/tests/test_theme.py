"""The theme: weight, contrast, both twins, and what it must respect."""

import gzip
import re

import pytest

from tandem.ui.icons import STATIC

CSS = (STATIC / "tandem.css").read_text()
SCRIPTS = [STATIC / "tandem.js", STATIC / "session.js"]
HTMX = STATIC / "vendor" / "htmx"

TEXT = ["ink"]
SURFACES = [
    "paper",
    "surface",
    "sunken",
    "accent-soft",
    "success-soft",
    "attention-soft",
    "danger-soft",
]
WORDS = [
    *[("ink-soft", surface) for surface in ("paper", "surface", "sunken", "accent-soft")],
    *[("accent", surface) for surface in SURFACES],
    *[("accent-strong", surface) for surface in SURFACES],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    ("danger", "paper"),
    ("danger", "surface"),
    ("danger", "danger-soft"),
    ("attention", "attention-soft"),
    ("success", "success-soft"),
]
CONTROLS = [
    (line, surface)
    for line in ("control", "focus", "accent", "danger")
    for surface in ("paper", "surface", "sunken", "accent-soft")
]


def themes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{([^}]*--paper[^}]*)\}", CSS)[:2]
    read = re.compile(r"--([a-z-]+): (#[0-9a-f]{6})")
    return {"light": dict(read.findall(light)), "dark": dict(read.findall(dark))}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize("surface", SURFACES)
    def test_of_body_text_is_at_least_7(self, theme: str, surface: str) -> None:
        """RGAA 3.2, 3.3: both themes."""
        colours = themes()[theme]
        assert contrast(colours["ink"], colours[surface]) >= 7

    @pytest.mark.parametrize(("word", "surface"), WORDS)
    def test_of_any_text_is_at_least_4_5(self, theme: str, word: str, surface: str) -> None:
        colours = themes()[theme]
        assert contrast(colours[word], colours[surface]) >= 4.5

    @pytest.mark.parametrize(("line", "surface"), CONTROLS)
    def test_of_controls_and_focus_is_at_least_3(self, theme: str, line: str, surface: str) -> None:
        colours = themes()[theme]
        assert contrast(colours[line], colours[surface]) >= 3


class TestTheTheme:
    def test_weighs_at_most_12_kilobytes_on_the_wire(self) -> None:
        """A-18."""
        assert len(gzip.compress(CSS.encode(), 9)) <= 12_000

    def test_gives_every_colour_a_dark_twin(self) -> None:
        assert set(themes()["light"]) == set(themes()["dark"])

    def test_names_colours_only_in_properties(self) -> None:
        """So that a theme is replaceable: outside properties, black and white of paper only."""
        rules = re.sub(r"--[a-z-]+:[^;]*;", "", CSS)
        assert set(re.findall(r"#[0-9a-f]{3,8}\b", rules)) <= {"#fff", "#000"}

    def test_uses_every_colour_it_names(self) -> None:
        unused = {name for name in themes()["light"] if f"var(--{name})" not in CSS}
        assert unused == set()

    def test_turns_with_the_direction_of_the_script(self) -> None:
        """RGAA 8.10: logical properties only."""
        sides = "left|right|top|bottom"
        physical = re.compile(
            rf"(?:margin|padding|border)-(?:{sides})"
            rf"|[{{;]\s*(?:{sides}|width|height|min-width):"
            r"|text-align: (?:left|right)"
        )
        assert physical.findall(CSS) == []

    @pytest.mark.parametrize(
        "query",
        [
            "prefers-color-scheme: dark",
            "prefers-contrast: more",
            "forced-colors: active",
            "prefers-reduced-motion: no-preference",
            "@media print",
        ],
    )
    def test_respects_what_the_person_chose(self, query: str) -> None:
        """A-06."""
        assert query in CSS

    def test_moves_only_for_whoever_accepts_motion(self) -> None:
        before = CSS.split("@media (prefers-reduced-motion: no-preference)")[0]
        assert "transition" not in before
        assert "animation" not in before

    def test_calls_nobody(self) -> None:
        """P-42: no font, image or sheet from elsewhere."""
        assert "url(" not in CSS
        assert "@import" not in CSS
        assert "@font-face" not in CSS


class TestScripts:
    def test_evaluate_nothing_and_write_no_html(self) -> None:
        for path in SCRIPTS:
            source = path.read_text()
            for word in ("eval(", "innerHTML", "document.write", "new Function", "outerHTML"):
                assert word not in source

    def test_weigh_little(self) -> None:
        assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in SCRIPTS) <= 4_000

    def test_keep_nothing_of_a_person_in_the_browser(self) -> None:
        """P-28: one timestamp is kept, to share the idle clock between tabs."""
        kept = re.findall(r"setItem\(([A-Z]+),\s*([^)]*\)*)\)", SCRIPTS[1].read_text())
        assert kept == [("CONTACT", "String(Date.now())")]
        assert "Storage" not in SCRIPTS[0].read_text()


class TestHtmx:
    def test_stands_beside_its_licence_and_its_version(self) -> None:
        version = (HTMX / "VERSION").read_text().strip()
        assert version.startswith("2.")
        assert f'version:"{version}"' in (HTMX / "htmx.min.js").read_text()
        assert "Zero-Clause BSD" in (HTMX / "LICENCE").read_text()
