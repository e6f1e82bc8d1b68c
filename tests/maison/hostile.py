"""What a hostile browser sends: values, bodies, headers; and the forms of a page, read as a browser reads them."""

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from tests.maison import house

NUL = "a\x00b"
LONG = "é" * 10_000
# Each is the wrong type of something: text, number, date, UUID, address, JSON.
READ_VALUES = (NUL, LONG, "-1", "9" * 40, "https://[", "\u202etxt.exe\u200b\ufeff")
VALUES = (
    *READ_VALUES,
    " ",
    "NaN",
    '{"a": [1, null]}',
    "2026-02-31",
    "00000000-0000-0000-0000-000000000000",
    "//evil.example/\\' OR 1=1 -- <script>alert(1)</script>{{ 7|add:7 }}\r\nSet-Cookie: a=b",
)
# Sent in one field while the others are as the page has them.
NASTY = (NUL, "9" * 40)
# As they stand in an address: null byte, broken UTF-8, a lone surrogate, dots, a long one.
PATH_WORDS = ("%00", "%FF%FE", "%ED%A0%80", "..%2F..", "a" * 10_000)
QUERIES = ("&&&=%", "page=%ED%A0%80&liste=%00&texte=%FF&suite=%2F%2F%5B&a[]=1&a[b]=2&next=%00")

HEADERS: tuple[dict[str, str], ...] = (
    {
        "HTTP_REFERER": "\x00://\xff",
        "HTTP_ACCEPT_LANGUAGE": "fr;q=z,,;;" + "x" * 5_000,
        "HTTP_USER_AGENT": LONG.encode().decode("latin-1"),
        "HTTP_ACCEPT": "\x00",
        "HTTP_X_FORWARDED_FOR": "'; --, ::ffff:999.1.1.1",
        "HTTP_AUTHORIZATION": "Bearer \x00",
        "HTTP_HX_REQUEST": "true",
        "HTTP_HX_CURRENT_URL": "https://[",
    },
    {
        "HTTP_REFERER": "https://[",
        "HTTP_USER_AGENT": "",
        "HTTP_ACCEPT": "text/html;q=nan",
        "HTTP_AUTHORIZATION": "Basic é" + "A" * 5_000,
        "HTTP_X_FORWARDED_PROTO": "gopher",
        "HTTP_SEC_FETCH_MODE": "\x00",
        "HTTP_IF_MODIFIED_SINCE": "yesterday",
        "HTTP_IF_NONE_MATCH": '"' * 50,
        "HTTP_RANGE": "bytes=9-1",
    },
)
COOKIES = ("a" * 5_000, '\x00\xed\xa0\x80"{[')

# Type of the body, and the body.
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"a": NaN, "b": '),
    ("application/x-www-form-urlencoded", b"%FF=%00&%=1&=&a=%ED%A0%80"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\x00\xff'),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="q"; filename="../../\x00.svg"\r\n\r\n<svg/>\r\n--x--\r\n',
    ),
)  # fmt: skip
# The same for every view, once read: sent where anyone may post.
HEAVY_BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"[" * 100_000),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("application/x-www-form-urlencoded; charset=utf-7", b"a=+ACI-"),
    ("application/x-www-form-urlencoded; charset=nowhere", b"a=1"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(600))),
    ("application/x-www-form-urlencoded", b"a=" + b"x" * 1_100_000),
    ("multipart/form-data", b"no boundary"),
)

_READ = re.compile(
    r"""(?:GET|POST)\.(?:get|getlist)\(\s*["']([a-z_]+)["']|["']([a-z_]+)["']\s+in\s+request\.(?:GET|POST)"""
)


@lru_cache(maxsize=1)
def names_read() -> tuple[str, ...]:
    """Every parameter that a view reads by its name, without a form."""
    found = {
        first or second
        for path in house.python_files()
        for first, second in _READ.findall(path.read_text())
    }
    return tuple(sorted(found))


class _Forms(HTMLParser):
    """The fields of every form of a page, with what a browser would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Inputs, areas, buttons; the first choice of each group."""
        given: dict[str, Any] = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select:
            self.fields.setdefault(self._select, given.get("value") or "")
        if tag in {"input", "textarea", "button"} and name and name != "csrfmiddlewaretoken":
            self.fields.setdefault(name, given.get("value") or "")


def fields_of(html: str) -> dict[str, str]:
    """The names a page sends, each with a value of its own."""
    parser = _Forms()
    parser.feed(html)
    return parser.fields
