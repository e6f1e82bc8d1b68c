"""A thousand names that nobody bears, each made to be taken for something else than a name."""

import random
from collections.abc import Iterator

# What would be found in an answer if one of them were run: computed, it is a number that no name holds.
SUM = "36007"
TAG = "hax"
TRAPS = (
    # Pages.
    "<hax onmouseover=hax()>", '"><hax>', "' hax='", "<script>hax()</script>", "<img src=x onerror=hax()>",
    "</title><hax>", "</textarea><hax>", "</option></select><hax>", "<!--", "]]>", "&lt;hax&gt;", "&#60;hax&#62;",
    "javascript:hax()", "\\u003chax\\u003e", "<svg/onload=hax()>",
    # Templates and formats.
    "{{ 6|add:36001 }}", "{% include 'ui/base.html' %}", "{# hax #}", "%(hax)s", "%s %n %", "{0} {hax}", "${6+36001}",
    # Typst.
    "#(6 + 36001)", '#eval("6+36001")', '#panic("hax")', '#import "/etc/passwd"', "$ 6 + 36001 $", "$", "#", "[", "]",
    "*gras", "_x", "= Titre", "`brut", "\\", "@ref", "<label>", "// fin", "/* fin", "https://hax.example/",
    # Spreadsheets, shells, databases, files.
    "=6+36001", "+cmd|' /C calc'!A0", "-6+36001", "@SUM(A1)", "\t=1+1", ";", "|", '"', "'", "''", "`id`", "$(id)",
    "'; DROP TABLE usagers_usager; --", "' OR 1=1", "../../etc/passwd", "%2e%2e%2f", "CON", "NULL", "None", "undefined",
    # Letters that turn, hide, or weigh four bytes.
    "\u202eenicsemar", "\u2066abc", "\u200b\u200b", "\ufeffRose", "\u061c", "שלום", "مرحبا", "名前", "𝕽𝖔𝖘𝖊", "👩‍👩‍👧‍👦",
    "Z\u0321\u0353\u034d\u0338algo", "ﷺ", "ß", "İstanbul", "\u00ad", "\U0010ffff", "e\u0301", "O’Brien-d’Été",
    # Lines that begin something else: headers, calendars, logs.
    "\r\nBcc: hax@evil.example", "\n\nhax", "\r\nBEGIN:VEVENT\r\nSUMMARY:hax", "\r\nSet-Cookie: hax=1", "\u2028hax",
    "\x1b[31mhax", "\x07", "\x85", "\x0b", "\x00", "\x00hax",
    # Sizes.
    "x" * 180, "é" * 90, " ", "-",
)  # fmt: skip


def names(count: int, *, seed: int = 0) -> Iterator[str]:
    """Each trap alone, then two or three of them around a word, 200 characters at most."""
    chance = random.Random(seed)  # noqa: S311 — the same names each time
    for number in range(count):
        if number < len(TRAPS):
            parts = ["Rose ", TRAPS[number]]
        else:
            parts = [*chance.sample(TRAPS, chance.randint(2, 3)), "Rose"]
            chance.shuffle(parts)
        yield "".join(parts)[:200]


def plain(name: str) -> str:
    """The same, as a column of plain text takes it."""
    return name.replace("\x00", "")[:100]
