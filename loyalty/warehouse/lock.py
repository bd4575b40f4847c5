"""Who holds a warehouse: one process at a time, and no longer than nobody else took it.

The lock file is locked (flock) for as long as its holder lives; the operating system frees it with
the process, so a dead holder needs no tidying up. Its text says who holds it, with a token that
nobody else has. Somebody may take a warehouse over from a holder that hangs: the file was removed,
or the file system does not share locks between hosts. When that holder wakes up it finds another
token there: it looks before each step and, under a second, short lock that a take-over needs too,
right where readers are switched. So there is no moment in which both may.
"""

import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from loyalty.errors import TakenOverError, WarehouseLockedError

# Beside the lock file; held for the moment of a take-over, of a look, of a switch.
SHORT_LOCK = "switch.lock"
SHORT_LOCK_SECONDS = 30.0


@dataclass(frozen=True)
class Holder:
    """What a lock file says of the process that holds it; `since` is in UTC."""

    token: str
    task: str
    process: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}, since {self.since} UTC"


UNKNOWN = Holder("", "night", 0, "an unknown host", "an unknown time")


class Hold:
    """This process's hold on a warehouse, as `take` gives it.

    `died` is who held it before and never let go, if so.
    """

    def __init__(self, path: Path, file: IO[str], holder: Holder, died: Holder | None) -> None:
        self.died = died
        self._path = path
        self._file = file
        self._holder = holder

    @property
    def is_good(self) -> bool:
        """Whether the lock file is still the one that we locked, with our token in it."""
        if self._file.closed:
            return False
        try:
            there, ours = self._path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:
            return False
        return os.path.samestat(there, ours) and _read(self._path) == self._holder

    def check(self) -> None:
        """Go on only if the warehouse is still ours.

        Raises:
            TakenOverError: somebody else took it, or the lock file is gone.
        """
        if not self.is_good:
            other = _read(self._path)
            how = f"was taken over by {other}" if other else f"lost its lock file {self._path}"
            raise TakenOverError(
                f"this {self._holder.task}, process {self._holder.process}, {how}: "
                "it publishes nothing any more"
            )

    @contextmanager
    def last_word(self) -> Iterator[None]:
        """Change what readers see within: nobody can take the warehouse over meanwhile.

        Raises:
            TakenOverError: somebody else took it before.
        """
        with _short_lock(self._path):
            self.check()
            yield

    def release(self) -> None:
        """Let go; the file stays, empty."""
        # Both at once for whoever comes next: an emptied file that is still locked names nobody.
        # Where that cannot be done, the file keeps its text and closing it lets go.
        with suppress(WarehouseLockedError, OSError), _short_lock(self._path):
            if self.is_good:
                self._file.truncate(0)
            _unlock(self._file)


@contextmanager
def take(path: Path, task: str) -> Iterator[Hold]:
    """Hold the lock file at `path` for a `task` (night, rollback, …), or say who does.

    Raises:
        WarehouseLockedError: another living process holds it; it is named.
    """
    with path.open("a+") as file:
        # Whoever finds it locked reads who did it under the same short lock, so never too early.
        with _short_lock(path):
            before = _read(path)
            if not _try_lock(file):
                other = before or UNKNOWN
                raise WarehouseLockedError(
                    f"a {other.task} is already running in {path.parent.parent} ({other}); "
                    "wait for it or stop it"
                )
            holder = _myself(task)
            file.truncate(0)
            file.write(json.dumps(asdict(holder)) + "\n")
            file.flush()
        hold = Hold(path, file, holder, before)
        try:
            yield hold
        finally:
            hold.release()


def holder(path: Path) -> Holder | None:
    """Return who holds the lock file now, or None; a night that begins meanwhile waits.

    Raises:
        WarehouseLockedError: the short lock was not to be had.
    """
    try:
        if not path.read_text():
            # Whoever let go emptied it: a look must not be in the way of who comes next.
            return None
        with path.open() as file, _short_lock(path, "r"):
            if not _try_lock(file):
                return _read(path) or UNKNOWN
            _unlock(file)
            return None
    except OSError:
        return None


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlock(file: IO[str]) -> None:
    """Let go of it now: closing does so only once no forked child has the file open either."""
    fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def _short_lock(path: Path, mode: str = "a") -> Iterator[None]:
    """Hold the short lock beside `path`; wait for it, but not for a process that hangs."""
    end = time.monotonic() + SHORT_LOCK_SECONDS
    with path.with_name(SHORT_LOCK).open(mode) as file:
        while not _try_lock(file):
            if time.monotonic() > end:
                raise WarehouseLockedError(
                    f"{file.name} is held by a process that does not go on "
                    f"({_read(path) or UNKNOWN}); stop it"
                )
            time.sleep(0.005)
        try:
            yield
        finally:
            _unlock(file)


def _myself(task: str) -> Holder:
    return Holder(
        token=secrets.token_hex(8),
        task=task,
        process=os.getpid(),
        host=socket.gethostname(),
        since=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
    )


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
