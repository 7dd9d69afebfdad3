"""gunicorn's worker with threads, patient with slow lines but not without end: a thread is worth more than a line.

Somebody who sends a request byte by byte would hold a thread for hours, and as many of them as there are threads would
hold the site. Files have a deadline while they are written (`storage.local`); this is the one for everything else.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

# Seconds for the head of a request; for a body these and one more for each SLOWEST bytes of it.
HEAD_SECONDS = 30
BODY_SECONDS = 60
SLOWEST = 8_000
# What is still coming after the answer stands: so much and so long is taken in and thrown away.
LEFT_SECONDS = 30
LEFT_BYTES = 64_000_000
PIECE = 64 * 1024


class Watch:
    """Lines on which something is awaited, each with the moment at which it is cut."""

    def __init__(self) -> None:
        self._ends: dict[socket.socket, float] = {}
        self._lock = threading.Lock()

    def expect(self, line: socket.socket, seconds: float) -> None:
        """Something must have come over this line in so many seconds."""
        with self._lock:
            self._ends[line] = time.monotonic() + seconds

    def forget(self, line: socket.socket) -> None:
        """It has come, or nothing is awaited any more."""
        with self._lock:
            self._ends.pop(line, None)

    def cut(self) -> None:
        """End the lines whose time is over; who reads from one finds it closed by the sender."""
        now = time.monotonic()
        with self._lock:
            late = [line for line, end in self._ends.items() if end <= now]
            for line in late:
                del self._ends[line]
        for line in late:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RD)

    def run(self) -> None:
        """Look every second, for as long as the process lives."""
        while True:
            time.sleep(1)
            self.cut()


class Body:
    """What comes after a head. Where it is not what it should be, reading it fails as it does on a line that broke."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int | None = None) -> bytes:
        """So many bytes, all for None. Raises OSError for a body in pieces that are none."""
        try:
            piece: bytes = self._body.read(size)
        except ParseException as error:
            raise OSError("the pieces of the body are broken") from error
        return piece


def hear_out(body: Any) -> None:
    """Take in what the application did not read of a request that it refused.

    Who is cut off while sending throws the answer away and shows a broken connection instead (RFC 9112, section 9.6).
    """
    left = LEFT_BYTES
    while left > 0 and (piece := body.read(PIECE)):
        left -= len(piece)


class Worker(ThreadWorker):  # type: ignore[misc]
    """A ThreadWorker whose connections are watched while a head or a body is read from them."""

    def init_process(self) -> None:
        """After the fork: threads do not come along."""
        self.watch = Watch()
        threading.Thread(target=self.watch.run, name="patience", daemon=True).start()
        super().init_process()

    def load_wsgi(self) -> None:
        """The application, heard out, and the end of waiting: sending the answer may take as long as it takes."""
        super().load_wsgi()
        app: Callable[..., Iterable[bytes]] = self.wsgi  # type: ignore[has-type]

        def answered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            line = environ["gunicorn.socket"]
            body = environ["wsgi.input"] = Body(environ["wsgi.input"])
            try:
                answer = app(environ, start_response)
                self.watch.expect(line, LEFT_SECONDS)
                with suppress(OSError):
                    hear_out(body)
                return answer
            finally:
                self.watch.forget(line)

        self.wsgi = answered

    def handle(self, conn: Any) -> Any:
        """One request from its first byte."""
        self.watch.expect(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            self.watch.forget(conn.sock)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """One request whose head is there."""
        sizes = [int(value) for name, value in req.headers if name == "CONTENT-LENGTH" and value.isdigit()]
        self.watch.expect(conn.sock, BODY_SECONDS + sum(sizes) / SLOWEST)
        return super().handle_request(req, conn)
