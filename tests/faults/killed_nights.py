"""Real `loyalty` commands as forked children of a process that has imported all that they need.

`python -m faults.killed_nights` reads one request a line: to start a child, or to wait for its end.
The child runs the command's own entry, so exit status, signals and messages are the real ones. It
notes its instants (lines that the night logs; files moved, removed, opened to be written) in a
journal, and may be told to send itself a signal at one of them.
"""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

# What moves files about: between any two of them a night may be killed.
FILE_EVENTS = ("os.rename", "os.chmod", "os.remove", "os.symlink", "os.rmdir")
# What differs between two nights of the same work.
VARYING = re.compile(
    r"[0-9a-f]{64}|[0-9]{8}T[0-9]{6}Z([-_][0-9a-z]+)?|\d+\.\d+|\d+/\d+|/\S*/|(?<= ok ).*|[:;].*"
)


Instant = tuple[str, int]


@dataclass(frozen=True)
class Ended:
    """How a command ended; `status` is minus the signal that the kernel ended it with.

    An instant is its name and how many times that name has come by then.
    """

    status: int
    seconds: float
    printed: str
    instants: tuple[Instant, ...]


@dataclass
class Running:
    """A command that runs, and what it has written so far."""

    printed: Path
    journal: Path
    child: int = 0
    began: float = field(default_factory=time.monotonic)

    def instants(self) -> tuple[Instant, ...]:
        """Return the instants that it has come to."""
        lines = self.journal.read_text().splitlines()
        return tuple((name, count) for name, count in map(json.loads, lines))

    def await_instant(self, instant: Instant, seconds: float = 120) -> None:
        """Wait until it has come to an instant."""
        end = time.monotonic() + seconds
        while instant not in self.instants():
            assert time.monotonic() < end, f"{instant} did not come: {self.printed.read_text()}"
            time.sleep(0.05)


class Nights:
    """The process that forks nights, seen from the trial."""

    def __init__(self, folder: Path, *, builds_changes: bool = False) -> None:
        self._folder = folder
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [
                sys.executable,
                *("-m", "faults.killed_nights"),
                *(["builds changes"] if builds_changes else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                # Threads that libraries start here would be missing in a forked child.
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
        )
        assert self._answer() == "ready"

    def start(
        self,
        words: Sequence[object],
        number: signal.Signals | None = None,
        at_instant: Instant | None = None,
    ) -> "Running":
        """Start a command, which sends itself the signal at the instant."""
        self._count += 1
        running = Running(
            printed=self._folder / f"printed_{self._count}",
            journal=self._folder / f"journal_{self._count}",
        )
        running.journal.write_text("")
        running.child = self._ask(
            words=[str(word) for word in words],
            printed=str(running.printed),
            journal=str(running.journal),
            number=number or 0,
            at_instant=at_instant,
        )
        return running

    def wait(self, running: "Running") -> Ended:
        """Wait for a command's end."""
        status = self._ask(child=running.child)
        return Ended(
            status,
            time.monotonic() - running.began,
            running.printed.read_text(),
            running.instants(),
        )

    def run(
        self,
        words: Sequence[object],
        number: signal.Signals | None = None,
        at_instant: Instant | None = None,
        after_seconds: float = 0.0,
    ) -> Ended:
        """Run a command to its end; with `number`, send that signal at an instant or a time."""
        running = self.start(words, number, at_instant)
        if number and not at_instant:
            time.sleep(after_seconds)
            # Not waited for yet, so the number is still that child's.
            os.kill(running.child, number)
        return self.wait(running)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, **request: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def started(folder: Path, *, builds_changes: bool = False) -> Iterator[Nights]:
    """Give the process that forks nights, and end it.

    With `builds_changes` its nights build only what has changed, wherever they may.
    """
    nights = Nights(folder, builds_changes=builds_changes)
    try:
        yield nights
    finally:
        nights.close()


class _Instants(logging.Handler):
    """Notes the child's instants, and kills it at the one that was asked for."""

    def __init__(self, journal: IO[str], at_instant: Sequence[object], number: int) -> None:
        super().__init__()
        self._journal = journal
        self._at_instant = at_instant
        self._number = number
        self._passed: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self._pass(f"says {record.getMessage().strip().split(',')[0]}")

    def on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in FILE_EVENTS:
            # A link's first argument is what it points at.
            path = Path(os.fsdecode(arguments[1 if event == "os.symlink" else 0]))
            self._pass(f"{event} {path.name}")
        elif (
            event == "open"
            and str(arguments[1]).startswith("w")
            and "data_docs" in str(arguments[0])
        ):
            self._pass(f"writes {Path(str(arguments[0])).suffix} of data docs")

    def _pass(self, said: str) -> None:
        name = " ".join(VARYING.sub(" ", said).split())
        self._passed[name] += 1
        instant = [name, self._passed[name]]
        self._journal.write(json.dumps(instant) + "\n")
        self._journal.flush()
        if instant == self._at_instant:
            os.kill(os.getpid(), self._number)


def _serve() -> Callable[[], None]:
    """Fork a child per request; return, in the child, what it shall do."""
    print(json.dumps("ready"), flush=True)
    # Not by iteration, which reads ahead: what is read is not read again by a child.
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "child" in request:
            _, status = os.waitpid(request["child"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if not answer:
                return lambda: _be_the_command(request)
        print(json.dumps(answer), flush=True)
    return lambda: None


def _be_the_command(request: dict[str, Any]) -> None:
    from loyalty import cli

    nothing = os.open(os.devnull, os.O_RDONLY)
    printed = os.open(request["printed"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for target, source in ((0, nothing), (1, printed), (2, printed)):
        os.dup2(source, target)
    journal = Path(request["journal"]).open("a")  # noqa: SIM115
    instants = _Instants(journal, request["at_instant"] or (), request["number"])
    logging.getLogger("loyalty").addHandler(instants)
    sys.addaudithook(instants.on_event)
    sys.argv = ["loyalty", *request["words"]]
    status: object = 1
    try:
        cli.main()
    except SystemExit as end:
        status = end.code
    finally:
        sys.stdout.flush()
        # Without the libraries' own ends: their threads stayed with the parent.
        os._exit(status if isinstance(status, int) else 0)


def build_changes() -> None:
    """Let no shop be too small, and no share of it too large, to build only what has changed."""
    from loyalty import settings
    from loyalty.build import changes

    os.environ[settings.ROWS_VARIABLE] = "0"
    changes.GREATEST_SHARE = 10.0


def import_everything() -> None:
    """Import what a night imports; open nothing."""
    import loyalty.pipeline.run  # noqa: F401
    from loyalty.pipeline import preload

    preload.fetch_all()


if __name__ == "__main__":
    import_everything()
    if sys.argv[1:]:
        build_changes()
    _serve()()
