"""A browser without script nor screen: follows links and redirections, fills forms, keeps cookies.

It speaks to the real pages, as a person without JavaScript does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

MAX_REDIRECTS = 15


class PageError(Exception):
    """The page is not the one expected; the message says which one came."""


@dataclass
class Form:
    """One form of a page: where it goes, and what it holds."""

    action: str
    method: str
    id: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    # name → every value offered by radios, checkboxes, selects.
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, text
    text: str = ""


class _Reader(HTMLParser):
    """Reads forms, links, data attributes and visible text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.data: dict[str, str] = {}
        self.text: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._link: tuple[str, list[str]] | None = None
        self._button: tuple[Form, str, str, list[str]] | None = None
        self._area: tuple[Form, str, list[str]] | None = None
        self._select: tuple[Form, str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.data |= {name: value for name, value in given.items() if name.startswith("data-")}
        if tag in {"script", "style", "template"}:
            self._silent += 1
        elif tag == "form":
            self._form = Form(
                given.get("action", ""), given.get("method", "get").lower(), given.get("id", "")
            )
            self._by_id[self._form.id] = self._form
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._link = (given["href"], [])
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        if form is not None:
            self._control(tag, given, form)

    def _control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if "disabled" in given:
            return
        if tag == "button":
            self._button = (form, name, given.get("value", ""), [])
        elif tag == "textarea" and name:
            self._area = (form, name, [])
        elif tag == "select" and name:
            self._select = (form, name)
            form.choices.setdefault(name, [])
        elif tag == "option" and self._select:
            form.choices[self._select[1]].append(given.get("value", ""))
            if "selected" in given:
                form.fields[self._select[1]] = [given.get("value", "")]
        elif tag == "input" and name:
            self._input(given.get("type", "text"), name, given, form)

    @staticmethod
    def _input(kind: str, name: str, given: dict[str, str], form: Form) -> None:
        value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
        if kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(value)
            if "checked" in given:
                form.fields.setdefault(name, []).append(value)
        elif kind in {"submit", "image"}:
            form.buttons.append((name, value, value))
        elif kind != "file":
            form.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "template"}:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "a" and self._link:
            self.links.append((self._link[0], " ".join("".join(self._link[1]).split())))
            self._link = None
        elif tag == "button" and self._button:
            form, name, value, words = self._button
            form.buttons.append((name, value, " ".join("".join(words).split())))
            self._button = None
        elif tag == "textarea" and self._area:
            self._area[0].fields.setdefault(self._area[1], []).append(
                "".join(self._area[2]).lstrip("\n")
            )
            self._area = None
        elif tag == "select":
            self._select = None
        if tag in {
            "p",
            "div",
            "li",
            "h1",
            "h2",
            "h3",
            "dd",
            "dt",
            "tr",
            "label",
            "legend",
            "title",
            "button",
        }:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text.append(data)
        if self._form is not None:
            self._form.text += data
        for holder in (self._link, self._button, self._area):
            if holder:
                holder[-1].append(data)


@dataclass
class Page:
    """A page that came: its address, status, text, forms and links."""

    url: str
    status: int
    html: str
    forms: list[Form]
    links: list[tuple[str, str]]
    data: dict[str, str]
    text: str
    content: bytes = b""

    def form(self, *, having: str = "", action: str = "", button: str = "") -> Form:
        """The first form that has this field, goes to this address, or offers this button.

        Raises:
            PageError: no form is so; the message shows the page.
        """
        for candidate in self.forms:
            names = {*candidate.fields, *candidate.choices, *(b[0] for b in candidate.buttons)}
            texts = " / ".join(b[2] for b in candidate.buttons)
            if (
                (not having or having in names)
                and (not action or action in candidate.action)
                and button in texts
            ):
                return candidate
        raise PageError(
            f"no form having={having!r} action={action!r} button={button!r} at {self.where()}"
        )

    def link(self, words: str) -> str:
        """The address of the first link whose text holds these words, or whose address does."""
        for href, text in self.links:
            if words in text or words in href:
                return urljoin(self.url, href)
        raise PageError(f"no link {words!r} at {self.where()}")

    def where(self) -> str:
        """Which page this is, in a few words (never the query string)."""
        parts = urlsplit(self.url)
        lines = [line for line in self.text.splitlines() if line.strip()]
        if self.status == 422:
            # What a refused form says first.
            start = next(
                (i for i, line in enumerate(lines[1:], 1) if "orrig" in line or "Erreur" in line), 0
            )
            lines = lines[max(start - 1, 0) :]
        return f"{self.status} {parts.netloc}{parts.path}: " + " | ".join(lines[:14])[:700]


class _Loopback(httpx.HTTPTransport):
    """Names under localhost lead to the loopback, as browsers have it (RFC 6761); Python does not."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.host.endswith(".localhost"):
            return super().handle_request(request)
        moved = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return super().handle_request(moved)


class Browser:
    """One person's browser; `gestures` counts what they did, `count` the requests to each host."""

    def __init__(self, *, timeout: float = 20) -> None:
        self._client = httpx.Client(
            timeout=timeout, follow_redirects=False, trust_env=False, transport=_Loopback()
        )
        self.page = Page("", 0, "", [], [], {}, "")
        self.requests = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def cookies(self) -> dict[str, str]:
        """Every cookie held, by name."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def renew_cookies(self, values: Mapping[str, str]) -> None:
        """Take the values that another window with the same session received."""
        for cookie in self._client.cookies.jar:
            cookie.value = values.get(cookie.name, cookie.value)

    def forget(self) -> None:
        """Lose every cookie, as a closed private window does."""
        self._client.cookies.clear()

    def go(self, url: str) -> Page:
        """Open an address."""
        return self._follow("GET", urljoin(self.page.url, url), None)

    def submit(
        self,
        form: Form,
        values: Mapping[str, str | Sequence[str]] | None = None,
        *,
        button: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send a form with these values over what it holds, by the button whose text holds `button`."""
        data: dict[str, str | list[str]] = {name: list(held) for name, held in form.fields.items()}
        for name, value in (values or {}).items():
            data[name] = value if isinstance(value, str) else list(value)
        data |= {
            name: value for name, value, text in form.buttons if name and button and button in text
        }
        return self._follow(
            form.method.upper(), urljoin(self.page.url, form.action or self.page.url), data, headers
        )

    def post(
        self, url: str, data: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Page:
        """Post without changing page, as a script of the page does."""
        kept = self.page
        page = self._follow("POST", urljoin(kept.url, url), dict(data), headers)
        self.page = kept
        return page

    def _follow(
        self,
        method: str,
        url: str,
        data: Mapping[str, object] | None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        extra = dict(headers or {})
        if self.page.url:
            # Referer and Origin as a browser sends them: the protections against forged forms read them.
            here = urlsplit(self.page.url)
            there = urlsplit(url)
            if (here.scheme, here.netloc) == (there.scheme, there.netloc):
                extra.setdefault("Referer", self.page.url)
            if method == "POST":
                extra.setdefault("Origin", f"{here.scheme}://{here.netloc}")
        for _ in range(MAX_REDIRECTS):
            self.requests += 1
            if method == "GET" and data:
                response = self._client.get(url, params=data, headers=extra)  # type: ignore[arg-type]  # str or lists of str
            elif method == "GET":
                response = self._client.get(url, headers=extra)
            else:
                response = self._client.post(url, data=data, headers=extra)
            if response.status_code not in {301, 302, 303, 307, 308}:
                return self._read(response)
            url = urljoin(url, response.headers["location"])
            if response.status_code in {301, 302, 303}:
                method, data = "GET", None
            extra.pop("Origin", None)
        raise PageError(f"more than {MAX_REDIRECTS} redirections")

    def _read(self, response: httpx.Response) -> Page:
        reader = _Reader()
        html = ""
        if response.headers.get("content-type", "").startswith("text/html"):
            html = response.text
            reader.feed(html)
        text = "\n".join(
            " ".join(line.split()) for line in "".join(reader.text).splitlines() if line.strip()
        )
        self.page = Page(
            str(response.url), response.status_code, html or response.text[:2000],
            reader.forms, reader.links, reader.data, text, response.content,
        )  # fmt: skip
        return self.page
