"""Where servers come from quickly: the modules are read once, each server is a fork that runs `tandem serve` itself.

Hundreds of starts would otherwise be spent reading the same modules. A line of the standard input, `serve PORT`, starts
one in a process group of its own; its number is printed.
"""

import os
import signal
import sys
from importlib import import_module

import django


def main() -> None:
    """Start what each line asks, until the input ends."""
    django.setup()
    if os.environ.get("TANDEM_BROKEN"):
        import_module("tests.fiabilite.broken")
    import config.wsgi
    from config import cli

    assert config.wsgi.application
    # Nobody waits for the dead.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.close(0)
            cli.main(line.split())
            os._exit(0)
        os.write(3, f"{pid}\n".encode())


if __name__ == "__main__":
    main()
