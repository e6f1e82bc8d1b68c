"""Where FranceConnect answers and with which keys it signs: its own documents, kept in the cache for a while."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final
from urllib.parse import urlsplit

from django.core.cache import cache

from tandem.kernel import limits
from tandem.oidc_client import transport
from tandem.oidc_client.profiles import Client
from tandem.oidc_client.rules import FranceConnectUnavailable, Reason
from tandem.oidc_client.tokens import Jwk

DISCOVERY_SECONDS: Final = 3600
# A key withdrawn by FranceConnect must be dead here within five minutes, without a restart.
KEYS_SECONDS: Final = 300
# An unknown key identifier reloads the keys (FS-06), but a forged one must not make us hammer FranceConnect.
RELOADS: Final = 3
RELOAD_WINDOW_SECONDS: Final = 60

_BROWSER: Final = frozenset({"authorization_endpoint", "end_session_endpoint"})


@dataclass(frozen=True)
class Metadata:
    """The five addresses of an identification."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str


def known_metadata(client: Client) -> Metadata | None:
    """The provider's addresses when they are at hand, without any network."""
    kept = cache.get(_key(client, "discovery"))
    return Metadata(**kept) if kept else None


def load_metadata(client: Client) -> Metadata:
    """The provider's addresses, all at the issuer's own origin, read now and kept for an hour.

    Raises:
        FranceConnectUnavailable: the discovery document cannot be read or does not speak of our issuer.
    """
    document = transport.get_json(client, client.discovery_url, Reason.DISCOVERY_MALFORMED)
    metadata = _metadata(client, document)
    cache.set(_key(client, "discovery"), asdict(metadata), DISCOVERY_SECONDS)
    return metadata


def find_key(client: Client, metadata: Metadata, key_id: str) -> Jwk | None:
    """The one published key of this identifier, reloading the keys when it is unknown; None if it stays unknown.

    Raises:
        FranceConnectUnavailable: the keys cannot be read.
    """
    kept = cache.get(_key(client, "keys"))
    if kept is None:
        return _named(_load_keys(client, metadata), key_id)
    found = _named(kept, key_id)
    if found is None and limits.hit(
        _key(client, "reload"), limit=RELOADS, window=RELOAD_WINDOW_SECONDS
    ):
        found = _named(_load_keys(client, metadata), key_id)
    return found


def _load_keys(client: Client, metadata: Metadata) -> list[Jwk]:
    document = transport.get_json(client, metadata.jwks_uri, Reason.KEYS_MALFORMED)
    keys = _keys(document)
    cache.set(_key(client, "keys"), keys, KEYS_SECONDS)
    return keys


def _named(keys: list[Jwk], key_id: str) -> Jwk | None:
    """One key chosen by its identifier: two of the same name choose nothing."""
    found = [key for key in keys if key.get("kid") == key_id]
    return found[0] if len(found) == 1 else None


def _metadata(client: Client, document: Mapping[str, object]) -> Metadata:
    issuer = document.get("issuer")
    if not isinstance(issuer, str) or issuer != client.issuer:
        raise FranceConnectUnavailable(Reason.DISCOVERY_ISSUER)
    home = _origin(client.issuer)
    addresses = {}
    for field in fields(Metadata):
        # The browser goes to the issuer; we may also reach it where the operator told us to read this document.
        allowed = {home} if field.name in _BROWSER else {home, _origin(client.discovery_url)}
        addresses[field.name] = _address(document.get(field.name), allowed)
    return Metadata(**addresses)


def _address(value: object, allowed: set[str]) -> str:
    """An address at an origin we know: a document must not send our secret, nor the usager, elsewhere."""
    if not isinstance(value, str):
        raise FranceConnectUnavailable(Reason.DISCOVERY_MALFORMED)
    if _origin(value) not in allowed or "?" in value or "#" in value:
        raise FranceConnectUnavailable(Reason.DISCOVERY_ADDRESS)
    return value


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FranceConnectUnavailable(Reason.DISCOVERY_ADDRESS) from error
    return f"{parts.scheme}://{parts.netloc}"


def _keys(document: Mapping[str, object]) -> list[Jwk]:
    keys = document.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise FranceConnectUnavailable(Reason.KEYS_MALFORMED)
    return keys


def _key(client: Client, what: str) -> str:
    """A cache key of this registration: another issuer never reads what this one said."""
    issuer = hashlib.sha256(client.issuer.encode()).hexdigest()[:32]
    return f"oidc_client:{what}:{client.profile.name}:{issuer}"
