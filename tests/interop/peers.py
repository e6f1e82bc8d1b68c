"""The two Node programs, started and spoken to from Python."""

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

FOLDER = Path(__file__).resolve().parent
READY = (FOLDER / "node_modules").is_dir() and shutil.which("node") is not None


class Peer:
    """One Node program; ended with the block."""

    def __init__(self, program: str, *words: str) -> None:
        self._process = subprocess.Popen(
            ["node", "--no-warnings", program, *words],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def read(self) -> dict[str, Any]:
        """The next JSON line it prints (other lines are the library's own warnings)."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise AssertionError("the peer stopped")

    def ask(self, **order: Any) -> dict[str, Any]:
        """One order on its standard input, and its answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self.read()

    def __enter__(self) -> "Peer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait()
