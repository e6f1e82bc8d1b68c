import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tandem.kernel import http as module
from tandem.kernel.http import Answer, HttpClient, OutboundError
from tandem.kernel.tests.conftest import Resolve
from tandem.kernel.tests.peer import Server

pytestmark = pytest.mark.loopback


def certificate(folder: Path, name: str) -> Path:
    """A certificate of its own authority, with its key, for one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


class TestCertificate:
    @pytest.fixture
    def secure_peer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
        """A peer whose certificate, for `localhost`, is trusted."""
        path = certificate(tmp_path, "localhost")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(path)
        monkeypatch.setattr(module, "_tls", lambda: ssl.create_default_context(cafile=str(path)))
        server = Server(tls)
        yield server
        server.stop()

    def test_is_checked_against_the_name(self, secure_peer: Server, http: HttpClient) -> None:
        answer = http.get(secure_peer.url("/json", host="localhost"))

        assert isinstance(answer, Answer)
        assert answer.status == 200

    def test_of_another_name_is_refused(self, secure_peer: Server, resolve: Resolve) -> None:
        resolve("127.0.0.1")

        with pytest.raises(OutboundError) as caught:
            HttpClient(hosts={"peer.example"}).get(secure_peer.url("/json", host="peer.example"))

        assert caught.value.reason == "network"
        assert secure_peer.received == []

    def test_of_an_unknown_authority_is_refused(
        self, secure_peer: Server, http: HttpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_tls", ssl.create_default_context)

        with pytest.raises(OutboundError):
            http.get(secure_peer.url("/json", host="localhost"))
