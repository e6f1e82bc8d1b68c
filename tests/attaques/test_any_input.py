"""Any route, any role, any method, any input: an answer of ours, never a 5xx, never without its headers (R-19).

The requests are drawn by hypothesis from the table of routes and from the forms of the pages themselves: a new route
and a new field are tried without a word here.
"""

import os
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.maison import checks, hostile
from tests.maison.access_table import ROWS
from tests.maison.conftest import undone
from tests.maison.test_answers import MAY_BE_ABSENT
from tests.maison.test_laws import routes
from tests.maison.world import ROLES, World

CASES = 100
CASES_OF_TRUST = int(os.environ.get("TANDEM_CASES", "10000"))

_TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(
        alphabet="\x00\r\n\t\u202e\u200b\ufeff\U0010ffff<>'\"&%;={}[]()$#\\/|é0-9aA", max_size=40
    ),
    st.sampled_from(hostile.VALUES),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.just(""),
)
_FILES = st.builds(
    lambda name, body: ("file", name, body),
    st.text(max_size=40),
    st.one_of(st.binary(max_size=300), st.binary(max_size=100).map(lambda b: b"%PDF-1.7" + b)),
)
_HEADERS = st.dictionaries(
    st.sampled_from(
        ["HTTP_REFERER", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT", "HTTP_AUTHORIZATION", "HTTP_ORIGIN",
         "HTTP_HX_REQUEST", "HTTP_HX_CURRENT_URL", "HTTP_X_FORWARDED_FOR", "HTTP_SEC_FETCH_MODE", "HTTP_RANGE"]
    ),
    st.text(alphabet=st.characters(max_codepoint=255), max_size=60),
    max_size=2,
)  # fmt: skip
_REQUESTS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(sorted(ROWS)),
        "role": st.sampled_from(ROLES),
        "method": st.sampled_from(["get", "post", "post", "post"]),
        # For each field of the page: as it is, another value, twice, absent, or a file.
        "fields": st.lists(
            st.one_of(st.none(), _TEXTS, st.lists(_TEXTS, max_size=3), _FILES), min_size=8, max_size=8
        ),
        "others": st.dictionaries(st.sampled_from(hostile.names_read()), _TEXTS, max_size=3),
        "path": st.one_of(st.none(), st.none(), st.text(max_size=30)),
        "headers": _HEADERS,
        "body": st.one_of(st.none(), st.none(), st.none(), st.binary(max_size=200)),
        "media": st.sampled_from(
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "\x00", ""]
        ),
    }
)  # fmt: skip


def _filled(page: dict[str, str], drawn: list[Any]) -> dict[str, Any]:
    """The fields of a page, some of them changed."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent: dict[str, Any] = dict(page)
    for key, value in zip(sorted(page), drawn, strict=False):
        if isinstance(value, tuple):
            sent[key] = SimpleUploadedFile(value[1] or "x", value[2])
        elif value == []:
            del sent[key]
        elif value is not None:
            sent[key] = value
    return sent


def _fields(world: World, name: str, role: str) -> dict[str, str]:
    if "get" not in ROWS[name].methods:
        return {}
    page = world.browser(role).get(world.address(name, ROWS[name].kwargs))
    is_html = page.get("Content-Type", "").startswith("text/html")
    return hostile.fields_of(page.content.decode()) if is_html else {}


def knock(world: World, drawn: dict[str, Any]) -> None:
    """Send one drawn request; fail when the answer is not one of ours."""
    name, role = drawn["name"], drawn["role"]
    browser = world.browser(role)
    browser.raise_request_exception = False
    address = world.address(name, ROWS[name].kwargs)
    with undone():
        cache.clear()
        data = _filled(_fields(world, name, role), drawn["fields"]) | drawn["others"]
        if drawn["path"] is not None:
            address = f"{address}{drawn['path']}"
        if drawn["method"] == "post" and drawn["body"] is not None:
            response: Any = browser.generic(
                "POST", address, drawn["body"], drawn["media"], **drawn["headers"]
            )
        else:
            if drawn["method"] == "get":
                data = {key: value for key, value in data.items() if isinstance(value, str | list)}
            response = getattr(browser, drawn["method"])(address, data, **drawn["headers"])
    absent = response.status_code == 503 and name in MAY_BE_ABSENT
    assert response.status_code < 500 or absent, response.status_code
    assert list(checks.wrong_headers(response, logged_in=role != "anonymous")) == []
    if not response.streaming:
        assert b"Traceback" not in response.content


_SUPPRESSED = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
]


class TestAnyRequest:
    @settings(
        max_examples=CASES, suppress_health_check=_SUPPRESSED, database=None, derandomize=True
    )
    @given(drawn=_REQUESTS)
    def test_is_answered(self, world: World, drawn: dict[str, Any]) -> None:
        """R-19."""
        knock(world, drawn)

    @pytest.mark.trust
    @settings(max_examples=CASES_OF_TRUST, suppress_health_check=_SUPPRESSED, database=None)
    @given(drawn=_REQUESTS)
    def test_is_answered_ten_thousand_times(self, world: World, drawn: dict[str, Any]) -> None:
        """R-19: ten thousand cases; hypothesis prints the seed of what fails."""
        knock(world, drawn)

    def test_that_breaks_a_page_is_found(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A-23: one careless reading of one field."""

        def careless(request: HttpRequest) -> HttpResponse:
            return HttpResponse(str(int(request.POST.get("q") or "0")))

        careless.access = "aidant"  # type: ignore[attr-defined]  # read by the middlewares
        monkeypatch.setattr(routes()["espaces:search"], "callback", careless)
        search = st.fixed_dictionaries(
            {
                "name": st.just("espaces:search"), "role": st.just("alice"), "method": st.just("post"),
                "fields": st.just([]), "others": st.fixed_dictionaries({"q": _TEXTS}), "path": st.none(),
                "headers": st.just({}), "body": st.none(), "media": st.just(""),
            }
        )  # fmt: skip

        @settings(
            max_examples=30, suppress_health_check=_SUPPRESSED, database=None, derandomize=True,
            phases=[Phase.generate],
        )  # fmt: skip
        @given(drawn=search)
        def check(drawn: dict[str, Any]) -> None:
            knock(world, drawn)

        with pytest.raises((AssertionError, ExceptionGroup)):
            check()
