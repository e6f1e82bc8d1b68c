"""python -m simulateurs.franceconnect --config fichier.json --port 8101"""

import argparse
import logging
from pathlib import Path

from simulateurs.franceconnect.app import FranceConnectSimulator
from simulateurs.franceconnect.config import read_config

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Simulateur de FranceConnect")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8101)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    FranceConnectSimulator(read_config(chosen.config)).serve(chosen.port).wait()
