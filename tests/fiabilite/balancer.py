"""What stands before two servers: each connection goes to one that is there, and one may be spared before it stops."""

import contextlib
import socket
import threading
import time


class Balancer:
    """Listens on one port, leads each connection to one of the servers that it knows.

    Attributes:
        ports: the servers that receive connections now.
        open: how many connections each has.
    """

    def __init__(self, port: int) -> None:
        self.ports: list[int] = []
        self.open: dict[int, int] = {}
        self._lock = threading.Lock()
        self._turn = 0
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        threading.Thread(target=self._listen, daemon=True).start()

    def add(self, port: int) -> None:
        """This server receives connections."""
        with self._lock:
            self.ports.append(port)

    def spare(self, port: int, seconds: float = 30) -> None:
        """This server receives no more; come back when what it had is done."""
        with self._lock:
            self.ports.remove(port)
        end = time.monotonic() + seconds
        while self.open.get(port, 0) and time.monotonic() < end:
            time.sleep(0.01)

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def _lead(self, client: socket.socket) -> None:
        for _attempt in range(100):
            with self._lock:
                self._turn += 1
                port = self.ports[self._turn % len(self.ports)]
                self.open[port] = self.open.get(port, 0) + 1
            try:
                server = socket.create_connection(("127.0.0.1", port), timeout=2)
            except ConnectionRefusedError:
                # As any balancer does: nothing was sent yet, the other one may take it.
                time.sleep(0.02)
            else:
                server.settimeout(None)
                with server:
                    self._pump(client, server)
                return
            finally:
                with self._lock:
                    self.open[port] -= 1
        client.close()

    @staticmethod
    def _pump(client: socket.socket, server: socket.socket) -> None:
        way = threading.Thread(target=_copy, args=(client, server), daemon=True)
        way.start()
        _copy(server, client)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        client.close()
        way.join(1)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
