"""python -m simulateurs.administration --config fichier.json --port 8102"""

import argparse
import logging
from pathlib import Path

from simulateurs.administration.app import AdministrationSimulator
from simulateurs.administration.config import read_config

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Administrations fictives")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8102)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    AdministrationSimulator(read_config(chosen.config)).serve(chosen.port).wait()
