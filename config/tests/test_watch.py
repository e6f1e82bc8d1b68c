"""What an operator watches: nothing personal in it, and nothing missing from it."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.urls import reverse

from config.env import ROOT
from config.tests.test_env import GOOD
from config.watch import figures, logs, middleware, views
from config.watch.counters import Counters
from tandem.kernel import clock
from tandem.kernel.models import PeriodicRun
from tandem.structures.models import Structure
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db

# Everything that a full run might let slip (S-44): identities, addresses, secrets, tokens.
CANARIES = (
    "Séraphine-Canari", "Oisillon", "1931-07-19", "canari@exemple.fr", "+33655501234", "7 impasse du Serin",
    "canari-mot-de-passe", "CANARI-CODE-9876", "canari-jeton", "198.51.100.77", "canari-requete", "1310775123456",
)  # fmt: skip


class Log:
    """What the handlers of an installation would have written, through one formatter."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(formatter)
        self.handler.setLevel(logging.DEBUG)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


NewLog = Callable[[logging.Formatter], Log]


@pytest.fixture
def new_log() -> Iterator[NewLog]:
    """Every logger, our own and the libraries', at its most talkative."""
    root, before = logging.getLogger(), logging.getLogger().level
    names = ("tandem", "tandem.request", "django", "django.request", "django.security")
    levels = {name: logging.getLogger(name).level for name in names}
    made: list[Log] = []

    def new(formatter: logging.Formatter) -> Log:
        made.append(Log(formatter))
        root.addHandler(made[-1].handler)
        root.setLevel(logging.DEBUG)
        for name in names:
            logging.getLogger(name).setLevel(logging.DEBUG)
        return made[-1]

    yield new
    for log in made:
        root.removeHandler(log.handler)
    root.setLevel(before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def log(new_log: NewLog) -> Log:
    """As production writes."""
    return new_log(logs.JsonFormatter())


def explode(*_args: object, **_kwargs: object) -> None:
    """A surprise whose words hold a person, as those of a database do."""
    refused = IntegrityError(
        f"DETAIL: Key (email)=({CANARIES[3]}) of {CANARIES[0]} already exists."
    )
    try:
        raise refused
    except IntegrityError as error:
        raise ValueError(f"cannot keep {CANARIES[1]}, born {CANARIES[2]}") from error


def run_everything(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that meets every way a value could reach a log."""
    browser.raise_request_exception = False
    given = dict(enumerate(CANARIES))
    browser.post(
        "/comptes/connexion/", {"login": given[3], "password": given[6]}, REMOTE_ADDR=given[9]
    )
    browser.get(f"/verifier/{given[7]}/?q={given[10]}", REMOTE_ADDR=given[9])
    browser.get(f"/{given[0]}/{given[5]}", {"nom": given[1], "ne": given[2]})
    browser.get("/oidc/authorize", {"state": given[8], "login_hint": given[4]})
    browser.post("/oidc/token", {"code": given[8], "client_secret": given[6]})
    browser.get("/", headers={"Authorization": f"Bearer {given[8]}", "Cookie": f"x={given[11]}"})
    browser.get("/", headers={"Host": "canari-requete.example", "X-Request-ID": given[4] + "\r\nx"})
    monkeypatch.setattr("tandem.oidc_provider.queries.is_ready", explode)
    browser.get("/oidc/etat", {"nom": given[0]})
    logging.getLogger("django.db.backends").warning("INSERT %s", given[0])
    logging.getLogger("httpx").warning(f"GET https://fc.example/?sub={given[8]}")  # noqa: G004


class TestTheLogs:
    def test_hold_no_personal_value(self, log: Log, client: Client, monkeypatch: Any) -> None:
        """S-43, S-44: the canaries of a whole run are absent; what an operator needs is there."""
        run_everything(client, monkeypatch)

        assert [canary for canary in CANARIES if canary in log.text] == []
        assert "x'" not in log.text
        answered = [line for line in log.lines if line["logger"] == "tandem.request"]
        assert len(answered) >= 7
        # The answer that the error page gave is told too; this is the surprise itself.
        wanted = ["ValueError", "IntegrityError"]
        broken = next(line for line in log.lines if line.get("error") == wanted)
        assert any("config/tests/test_watch.py" in place for place in broken["where"])

    def test_would_show_a_value_that_slipped(
        self, new_log: NewLog, client: Client, monkeypatch: Any
    ) -> None:
        """The control of the test above: through an ordinary formatter, the same visit tells on people."""
        log = new_log(logging.Formatter("%(message)s"))

        run_everything(client, monkeypatch)

        assert len([canary for canary in CANARIES if canary in log.text]) >= 4

    def test_have_a_closed_list_of_fields(self, log: Log, client: Client, monkeypatch: Any) -> None:
        """S-44: allowlist."""
        run_everything(client, monkeypatch)

        allowed = {
            "at",
            "level",
            "logger",
            "message",
            "request",
            *logs.REQUEST_FIELDS,
            "error",
            "where",
        }
        assert {name for line in log.lines for name in line} <= allowed

    def test_name_the_route_and_never_the_path(self, log: Log, client: Client) -> None:
        client.get("/comptes/connexion/?next=/x")

        line = next(line for line in log.lines if line["logger"] == "tandem.request")
        assert (line["method"], line["status"], line["message"]) == ("GET", 200, "answered")
        assert re.fullmatch(r"[a-z_]+:[a-z_]+|[a-z_]+", line["route"])
        assert line["ms"] >= 0

    def test_bear_one_identifier_from_the_request_to_the_surprise(
        self, log: Log, client: Client, monkeypatch: Any
    ) -> None:
        client.raise_request_exception = False
        monkeypatch.setattr("tandem.oidc_provider.queries.is_ready", explode)

        response = client.get("/oidc/etat")

        identifier = response.headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{32}", identifier)
        assert {line.get("request") for line in log.lines if "error" in line} == {identifier}

    @pytest.mark.parametrize(
        ("proxies", "given", "taken"),
        [
            (1, "abc-123_DEF.456", True),
            (0, "abc-123_DEF.456", False),
            (1, "short", False),
            (1, "a b c d e f g h", False),
            (1, "x" * 65, False),
        ],
    )
    def test_take_the_identifier_of_a_proxy_that_is_believed(
        self, client: Client, settings: Any, proxies: int, given: str, taken: bool
    ) -> None:
        """S-44: nobody outside writes in the logs."""
        settings.TANDEM_TRUSTED_PROXIES = proxies

        answered = client.get("/robots.txt", headers={"X-Request-ID": given}).headers[
            "X-Request-ID"
        ]

        assert (answered == given) is taken

    def test_keep_a_line_break_inside_its_line(self, log: Log) -> None:
        """S-44: CR and LF are encoded."""
        logging.getLogger("tandem.x").warning("one\r\ntwo %s", "three\nfour")

        assert log.text.count("\n") == 1
        assert log.lines[0]["message"] == "one\r\ntwo three\nfour"

    def test_are_so_in_production(self) -> None:
        """The formatter shown here is the one that production installs."""
        asked = "from config.settings import LOGGING; print(LOGGING['handlers']['console']['formatter'])"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TANDEM_", "DATABASE_"))}

        done = subprocess.run(
            [sys.executable, "-c", asked],
            env={**kept, **GOOD}, cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip

        assert done.stdout.strip() == "json"

    def test_forget_the_request_once_it_is_answered(self, log: Log, client: Client) -> None:
        client.get("/robots.txt")
        logging.getLogger("tandem.x").warning("later")

        assert "request" not in log.lines[-1]


class TestTheHealthOfTheSite:
    def test_is_told_to_anyone_in_one_word(self, client: Client) -> None:
        with connection.execute_wrapper(_count := _Queries()):
            response = client.get("/sante")

        assert (response.status_code, response.json()) == (200, {"etat": "ok"})
        assert response.headers["Cache-Control"] == "no-store"
        assert _count.seen == ["SELECT 1"]

    def test_says_when_the_database_is_away(self, client: Client, monkeypatch: Any) -> None:
        """R-07."""

        def refuse() -> float:
            raise DatabaseError("password of tandem")

        monkeypatch.setattr(figures, "database_answers", refuse)

        response = client.get("/sante")

        assert (response.status_code, response.json()) == (503, {"etat": "panne"})
        assert response.headers["Retry-After"] == "10"

    def test_is_answered_without_tls_to_a_machine_beside(self, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = True

        browser = Client(headers={"host": "tandem.example"})

        assert browser.get("/sante").status_code == 200
        assert browser.get("/metriques").status_code == 200
        assert browser.get("/").status_code == 301


class _Queries:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen.append(sql)
        return execute(sql, params, many, context)


TOKEN = "t" * 40


class TestWhoReadsTheFigures:
    @pytest.mark.parametrize(
        ("token", "headers", "address", "status"),
        [
            ("", {}, "127.0.0.1", 200),
            ("", {}, "::1", 200),
            ("", {}, "203.0.113.9", 404),
            ("", {}, "", 404),
            ("", {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 404),
            ("", {"X-Real-IP": "127.0.0.1"}, "127.0.0.1", 404),
            ("", {"Forwarded": "for=127.0.0.1"}, "127.0.0.1", 404),
            ("", {"Via": "1.1 proxy"}, "127.0.0.1", 404),
            (TOKEN, {}, "127.0.0.1", 404),
            (TOKEN, {"Authorization": f"Bearer {TOKEN}x"}, "127.0.0.1", 404),
            (TOKEN, {"Authorization": TOKEN}, "127.0.0.1", 404),
            (TOKEN, {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "1.2.3.4"}, "203.0.113.9", 200),
        ],
    )  # fmt: skip
    def test_is_this_machine_or_who_holds_the_token(
        self, client: Client, settings: Any, token: str, headers: Any, address: str, status: int
    ) -> None:
        """S-47: without a token, nothing that came through a proxy."""
        settings.TANDEM_METRICS_TOKEN = token

        assert client.get("/metriques", headers=headers, REMOTE_ADDR=address).status_code == status


class TestTheFigures:
    def test_are_those_an_operator_watches(self, client: Client) -> None:
        PeriodicRun.objects.create(
            name="journal.outside", last_run_at=clock.now() - timedelta(seconds=90)
        )
        PeriodicRun.objects.create(name="x", last_state="failed")

        text = client.get("/metriques").content.decode()

        found = dict(re.findall(r"^tandem_([a-z_]+)(?:\{.*\})? (\S+)$", text, re.MULTILINE))
        assert 90 <= float(found["worker_age_seconds"]) < 150
        assert found["jobs_failed"] == "1"
        assert found["messages_waiting"] == "0"
        assert found["provider_ready"] == "1"
        assert float(found["disk_free_bytes"]) > 0
        for line in text.splitlines():
            assert re.fullmatch(
                r"# (HELP|TYPE) tandem_\w+ .+|tandem_\w+(\{\w+=\"[^\"]+\"\})? [\d.e+-]+", line
            )
        names = re.findall(r"^# TYPE tandem_(\w+)", text, re.MULTILINE)
        assert len(names) == len(set(names))

    def test_are_as_quick_with_many_people_and_name_none(
        self, client: Client, ccas: Structure
    ) -> None:
        """S-54: counts of the instance; the same queries for one structure or fifty."""

        UsagerFactory.create(structure=ccas, family_name="Oisillon")
        first = _Queries()
        with connection.execute_wrapper(first):
            text = client.get("/metriques").content.decode()
        UsagerFactory.create_batch(5, structure=ccas)
        second = _Queries()
        with connection.execute_wrapper(second):
            client.get("/metriques")

        assert len(first.seen) == len(second.seen) <= 10
        for value in ("Oisillon", ccas.name, str(ccas.public_id), ccas.siret):
            assert value not in text
        assert Usager.objects.count() == 6

    def test_count_what_was_answered(
        self, client: Client, monkeypatch: Any, tmp_path: Path
    ) -> None:
        """R-20: how many, how, how fast."""
        counters = Counters(tmp_path / "counters")
        monkeypatch.setattr(middleware, "counters", counters)
        monkeypatch.setattr(figures, "counters", counters)
        client.get("/robots.txt")
        client.get("/nowhere")
        client.get("/sante")

        text = client.get("/metriques").content.decode()

        assert 'tandem_requests_total{status="2xx"} 1\n' in text
        assert 'tandem_requests_total{status="4xx"} 1\n' in text
        assert 'tandem_request_seconds_bucket{le="+Inf"} 2\n' in text
        assert "tandem_request_seconds_count 2\n" in text


class TestTheCounters:
    def test_add_up_over_processes(self, tmp_path: Path) -> None:
        first = Counters(tmp_path)
        first.count(200, 0.01)
        if (child := os.fork()) == 0:
            first.count(503, 9.0)
            os._exit(0)
        os.waitpid(child, 0)

        total = Counters(tmp_path).total()

        assert total[:4] == [1, 0, 0, 1]
        assert (total[4], total[11], total[12]) == (1, 1, 9_010_000)

    def test_begin_again_with_the_service(self, tmp_path: Path) -> None:
        counters = Counters(tmp_path)
        counters.count(200, 0.01)

        counters.clear()

        assert sum(Counters(tmp_path).total()) == 0

    def test_break_nothing_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        counters = Counters(tmp_path / "file")
        counters.count(200, 0.01)

        assert sum(counters.total()) == 0


def test_the_routes_are_those_that_the_site_is_asked() -> None:
    assert (reverse("sante"), reverse("metriques")) == ("/sante", "/metriques")
    for view in (views.health, views.metrics):
        assert getattr(view, "access", "") == "protocol"
