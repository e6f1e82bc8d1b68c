"""The examples of deploy/ say what is true of Tandem today."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import cli
from config.env import ROOT, Env
from config.watch import figures
from tandem.kernel import clock
from tandem.kernel.models import PeriodicRun

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


class TestTheUnits:
    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_run_commands_that_stand_with_secrets_that_are_settings(self, unit: Path) -> None:
        """S-47: a secret is a file for one service."""
        text = unit.read_text()
        secrets = re.findall(
            r"^LoadCredential=(\w+):/etc/tandem/secrets/(\w+)$", text, re.MULTILINE
        )
        words = re.findall(r"^ExecStart=/srv/tandem/venv/bin/tandem (\w+)", text, re.MULTILINE)

        assert len(secrets) == text.count("LoadCredential=") >= 5
        assert {a.removeprefix("tandem_") for a, _b in secrets} <= set(Env.model_fields)
        assert [(a, b) for a, b in secrets if a != b] == []
        assert [word for word in words if f"tandem {word}" not in cli.USAGE] == []
        assert len(words) == 1

    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_close_what_tandem_does_not_need(self, unit: Path) -> None:
        text = unit.read_text()

        for line in ("User=tandem", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"):
            assert f"\n{line}\n" in text

    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_are_read_by_systemd(self, unit: Path) -> None:
        if not shutil.which("systemd-analyze"):
            pytest.skip("systemd-analyze is not on this machine")
        done = subprocess.run(
            ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
        )
        own = [line for line in done.stderr.splitlines() if line.startswith(str(unit))]
        assert own == []


PROXIES = [DEPLOY / "nginx" / "tandem.conf", DEPLOY / "caddy" / "Caddyfile"]


class TestTheProxies:
    @pytest.mark.parametrize("file", PROXIES, ids=lambda file: file.name)
    def test_replace_what_the_browser_says_of_itself(self, file: Path) -> None:
        """ASVS 4.1.3: no header of the browser passes for one of the proxy."""
        text = file.read_text()

        for name in (
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Request-ID",
            "Forwarded",
            "X-Real-IP",
        ):
            assert re.search(rf"(proxy_set_header|header_up) -?{name}\b", text), name
        assert "proxy_add_x_forwarded_for" not in text

    @pytest.mark.parametrize("file", PROXIES, ids=lambda file: file.name)
    def test_keep_the_figures_inside_and_write_no_path(self, file: Path) -> None:
        """S-44: the log of the proxy is one too."""
        text = file.read_text()

        assert re.search(r"/metriques\b[^}]*404", text)
        logged = "".join(re.findall(r"log_format .*", text))
        assert not re.search(r"\$(request|request_uri|uri|args|remote_addr|http_\w+)\b", logged)
        assert not re.search(r"^\s*log\b", text, re.MULTILINE)

    def test_are_read_by_nginx(self, tmp_path: Path) -> None:
        if not shutil.which("nginx") or not shutil.which("openssl"):
            pytest.skip("nginx is not on this machine")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", "privkey.pem", "-out", "fullchain.pem", "-subj", "/CN=tandem.example"],
            cwd=tmp_path, capture_output=True, check=True,
        )  # fmt: skip
        text = PROXIES[0].read_text()
        for folder in ("/etc/letsencrypt/live/tandem.example/", "/var/log/nginx/"):
            text = text.replace(folder, f"{tmp_path}/")
        whole = tmp_path / "nginx.conf"
        whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n")

        done = subprocess.run(
            ["nginx", "-t", "-c", whole, "-e", tmp_path / "errors"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stderr


@pytest.mark.django_db
class TestTheAlerts:
    def test_watch_figures_that_exist(self) -> None:
        """An alert on a figure that nothing gives would never ring."""
        PeriodicRun.objects.create(name="journal.outside", last_run_at=clock.now())
        rules = (DEPLOY / "prometheus" / "tandem.yml").read_text()
        asked = set(re.findall(r"\btandem_\w+", rules))
        given = set(re.findall(r"^# TYPE (tandem_\w+)", figures.text(at=clock.now()), re.MULTILINE))
        # Those of what has not happened yet here: a seal, a backup; and the parts of the histogram.
        later = {"tandem_checkpoint_age_seconds", "tandem_backup_age_seconds"}

        assert len(asked) >= 10
        assert asked - given - later == {"tandem_request_seconds_bucket"}
