"""What a notification reaches: a local web address and a command that writes to a file."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATH = "/hooks/secret-in-the-path?token=secret-in-the-query"
WRITER = """
import json, os, sys
with open(sys.argv[1], "a") as file:
    fields = json.loads(os.environ["LOYALTY_NOTIFICATION"])
    file.write(json.dumps({"text": sys.stdin.read(), "fields": fields}) + chr(10))
"""


@dataclass
class Receiver:
    """A web server on loopback that keeps what is posted to it; its manners can be changed."""

    port: int = 0
    status: int = 200
    hangs_seconds: float = 0
    posted: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address to post to, with secrets in it."""
        return f"http://127.0.0.1:{self.port}{PATH}"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Serve until the context ends."""
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            here.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(here.hangs_seconds)
            try:
                self.send_response(here.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                pass

        def log_message(self, format: str, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def writer(folder: Path) -> str:
    """Return a command that appends each notification to `folder`/told.jsonl."""
    program = folder / "writer.py"
    program.write_text(WRITER)
    return f"'{sys.executable}' '{program}' '{folder / 'told.jsonl'}'"


def written(folder: Path) -> list[dict[str, Any]]:
    """Return what that command has written."""
    file = folder / "told.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
