"""A stand-in of an e-mail provider: takes messages, or misbehaves as one asks."""

import re
import socketserver
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import cast

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([0-9a-f]{32})@", re.IGNORECASE | re.MULTILINE)


class Mailbox(socketserver.ThreadingTCPServer):
    """One provider on the loopback.

    Attributes:
        mood: ok, slow (a second a message), error (451), hang (no word at all), lose (takes, then cuts the line).
        taken: how many times each message was taken, by its key.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, port: int = 0, mood: str = "ok") -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.mood = mood
        self.taken: Counter[str] = Counter()
        self.at: dict[str, float] = {}
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def take(self, message: bytes) -> None:
        """A message is taken: from now on it is the provider's."""
        found = MESSAGE_ID.search(message)
        key = found[1].decode() if found else "?"
        with self.lock:
            self.taken[key] += 1
            self.at.setdefault(key, time.time())

    def close(self) -> None:
        """Nobody listens any more."""
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):
            self._converse()

    def _converse(self) -> None:
        box = cast("Mailbox", self.server)
        if box.mood == "hang":
            time.sleep(120)
            return
        self._say("220 provider")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                if not self._message(box):
                    return
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _message(self, box: Mailbox) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        if box.mood == "slow":
            time.sleep(1)
        if box.mood == "error":
            self._say("451 later")
            return True
        box.take(b"".join(lines))
        if box.mood == "lose":
            return False
        self._say("250 taken")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")
