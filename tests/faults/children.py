"""A piece of work in a process of its own that has imported already what a night needs.

The children are forked from a server that has no threads: a test process has, and a lock that one
of them held at the fork would never be freed in the child.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cloudpickle

from loyalty.errors import LoyaltyError


@dataclass(frozen=True)
class Ended:
    """How it ended: `status` as a command's exit status, or minus the signal that ended it."""

    status: int
    message: str = ""
    is_explained: bool = True
    kind: str = ""


def forked(work: Callable[[], object], seconds: float = 240) -> Ended:
    """Do the work in a forked child, as the command would: a named error is its exit status."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "asked", Path(folder) / "answer"
        asked.write_bytes(cloudpickle.dumps((work, dict(os.environ), int(seconds))))
        server.stdin.write(f"{asked}\t{answer}\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        if code:
            return Ended(code, "the process died", is_explained=False)
        ended: Ended = pickle.loads(answer.read_bytes())
        return ended


@cache
def _server() -> "subprocess.Popen[str]":
    """Start the process that forks, once in a test process."""
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-m", "faults.child_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Threads that libraries start there would be missing in a forked child.
        env=os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    atexit.register(process.kill)
    return process


def serve() -> None:
    """Fork a child for each request, one after the other."""
    # Not by iteration, which reads ahead: what is read is not read again by a child.
    while line := sys.stdin.readline():
        asked, answer = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            _be_the_child(Path(asked), Path(answer))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_the_child(asked: Path, answer: Path) -> None:
    # The server's answers go by its output: the work's own words must not.
    os.dup2(2, 1)
    status = 1
    try:
        work, environment, seconds = cloudpickle.loads(asked.read_bytes())
        os.environ.clear()
        os.environ |= environment
        signal.alarm(seconds)
        answer.write_bytes(pickle.dumps(_done(work)))
        status = 0
    finally:
        os._exit(status)


def _done(work: Callable[[], object]) -> Ended:
    try:
        work()
    except LoyaltyError as problem:
        return Ended(problem.exit_status, str(problem), kind=type(problem).__name__)
    except BaseException:
        with suppress(Exception):
            return Ended(1, traceback.format_exc(), is_explained=False)
        return Ended(1, "an error that cannot be told", is_explained=False)
    return Ended(0)
