"""Pages travel compressed, and nothing else does."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tandem.ui.compression import CompressedPagesMiddleware

pytestmark = pytest.mark.django_db
READS = {"Accept-Encoding": "gzip, br"}
LONG = "Une phrase assez longue. " * 100


def answered(response: HttpResponse, rf: RequestFactory) -> HttpResponse:
    return CompressedPagesMiddleware(lambda _request: response)(rf.get("/", headers=READS))  # type: ignore[return-value]  # sync


class TestAPage:
    def test_is_compressed_for_whoever_can_read_it(self) -> None:
        """A-17: the same words in a third of the bytes, whatever their headers say of caches."""
        browser = Client(SERVER_NAME="tandem.example")
        plain = browser.get("/aide/", secure=True)
        small = browser.get("/aide/", secure=True, headers=READS)
        assert small["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain
        words = gzip.decompress(small.content)
        assert b"<main" in words
        assert abs(len(words) - len(plain.content)) < 100
        assert len(small.content) * 2 < len(words)
        assert int(small["Content-Length"]) == len(small.content)
        assert "no-store" in small["Cache-Control"]
        assert "Accept-Encoding" in small["Vary"]

    def test_never_has_twice_the_same_length(self, rf: RequestFactory) -> None:
        """S-43: the length of an answer does not measure what stands in it."""
        lengths = {
            len(answered(HttpResponse(LONG, content_type="text/html"), rf).content)
            for _time in range(40)
        }
        assert len(lengths) > 5


class TestWhatIsNoPage:
    @pytest.mark.parametrize("kind", ["application/pdf", "application/json", "application/jwt"])
    def test_is_left_as_it_is(self, kind: str, rf: RequestFactory) -> None:
        response = answered(HttpResponse(LONG, content_type=kind), rf)
        assert "Content-Encoding" not in response
        assert response.content.decode() == LONG
