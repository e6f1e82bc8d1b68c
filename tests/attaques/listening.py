"""What leaves besides the words of a page: addresses, headers, cookies, lines of the console, rows of the database."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote_plus

from django.db import connection

from config.watch.logs import JsonFormatter

ADDRESSES = {"href", "action", "formaction", "src", "hx-get", "hx-post", "data-url", "content"}


@contextmanager
def heard() -> Iterator[io.StringIO]:
    """What the process writes from now on, as production writes it."""
    handlers = [one for one in logging.getLogger().handlers if one.get_name() == "console"]
    assert len(handlers) == 1
    [handler] = handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    # Put in place without `setStream`, which flushes the former one: a test before may have closed it.
    before, formatter = handler.stream, handler.formatter
    handler.stream = written
    handler.setFormatter(JsonFormatter())
    try:
        yield written
    finally:
        handler.stream = before
        handler.setFormatter(formatter)


class _Addresses(HTMLParser):
    """Every address of a page: where its links lead, where its forms go."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A number to call and an address to write to leave nothing behind them."""
        self.found += [
            unquote_plus(value or "")
            for name, value in attrs
            if name in ADDRESSES and not (value or "").startswith(("tel:", "mailto:", "sms:"))
        ]


def told(response: Any, words: tuple[str, ...]) -> list[str]:
    """The words that stand in a header, in a cookie, or in an address of the page."""
    said = [f"{name}: {unquote_plus(str(value))}" for name, value in response.items()]
    said += [f"cookie {one.OutputString()}" for one in response.cookies.values()]
    if response.get("Content-Type", "").startswith("text/html"):
        page = _Addresses()
        page.feed(response.content.decode())
        said += page.found
    return [text[:200] for text in said if any(word in text for word in words)]


def whole_table(table: str) -> str:
    """Every value of a table, as whoever steals the file reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 — our own names
        return "\n".join(str(value) for row in cursor.fetchall() for value in row)
