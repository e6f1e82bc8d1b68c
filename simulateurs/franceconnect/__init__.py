"""Stand-in of FranceConnect v2 (low): a broker between services and identity providers, Tandem among them.

Two faces: towards services it is a provider (`service_side`), towards Tandem it is a client (`tandem_side`). It
refuses what the real one refuses; it differs in one thing, accepting redirect addresses on the loopback.
"""

from simulateurs.franceconnect.app import FranceConnectSimulator
from simulateurs.franceconnect.config import FranceConnectConfig, Service, TandemProvider

__all__ = ["FranceConnectConfig", "FranceConnectSimulator", "Service", "TandemProvider"]
