"""SIGTERM and SIGINT as the orderly, and prompt, end of a command.

The first one raises `Stopped` in the main thread. What unwinds then has a few seconds; after them,
and at a second signal, the process ends as if it were killed, which hurts nothing either.
"""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    import duckdb

SIGNALS = (signal.SIGTERM, signal.SIGINT)
GRACE_SECONDS = 15.0

# The signals that asked this process to end; those of them that raised `Stopped`; who sent them.
_asked: list[int] = []
_raised: list[int] = []
_senders: list[tuple[str, str | None]] = []
_connections: "WeakSet[duckdb.DuckDBPyConnection]" = WeakSet()


class Stopped(SystemExit):
    """A signal asked the process to end; the exit status is the shell's for it, 128 and number.

    dbt takes a SystemExit as the wish to cancel its queries, and nobody prints a trace of it.
    """

    way_out = "Nothing to repair: the next run takes up what is left."

    def __init__(self, number: int, sender: str | None = None, way_out: str | None = None) -> None:
        super().__init__(128 + number)
        self.number = number
        self.sender = sender
        self.way_out = way_out or type(self).way_out

    @property
    def exit_status(self) -> int:
        """The status that the command ends with."""
        return 128 + self.number

    def __str__(self) -> str:
        return f"stopped by {self.sender or signal.Signals(self.number).name}"


def watched(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyConnection":
    """Let a signal interrupt the connection's queries, and return it.

    DuckDB itself notices the signal, but lets its other threads finish what they are at, with the
    interpreter locked meanwhile.
    """
    _connections.add(connection)
    return connection


def note(number: int) -> None:
    """Remember that signal `number` asked for the end, also where somebody else caught it."""
    if not _asked:
        timer = threading.Timer(GRACE_SECONDS, _end, [number])
        timer.daemon = True
        timer.start()
        # For a library that does not let go of the interpreter: this needs no lock of it.
        nowhere = Path(os.devnull).open("w")  # noqa: SIM115
        faulthandler.dump_traceback_later(2 * GRACE_SECONDS, exit=True, file=nowhere)
    _asked.append(number)
    for connection in _connections:
        with suppress(Exception):
            connection.interrupt()


def asked() -> Stopped | None:
    """Return the wish to end, if there was one."""
    if not _asked:
        return None
    sender, way_out = _senders[0] if _senders else (None, None)
    return Stopped(_asked[0], sender, way_out)


def sent_by(sender: str, way_out: str | None = None) -> None:
    """Remember who asked for the end, where more is known than the signal; the first word counts.

    `way_out` is what to do then, if anything.
    """
    _senders.append((sender, way_out))


def check() -> None:
    """Go on only if nobody asked for the end: what a library made of the signal is no answer.

    Raises:
        Stopped: a signal asked for it.
    """
    stopped = asked()
    if stopped:
        raise stopped


@contextmanager
def in_order() -> Iterator[None]:
    """Within, SIGTERM and SIGINT end the work as this module says; those ignored stay so."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    hook = sys.unraisablehook

    def unraisable(lost: "sys.UnraisableHookArgs") -> None:
        # Out of a callback of the interpreter nothing is raised: the next `check` does.
        if not isinstance(lost.exc_value, Stopped):
            hook(lost)

    sys.unraisablehook = unraisable
    for number in SIGNALS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number in SIGNALS:
            # One that was asked to end still ends: the interpreter may wait for a thread.
            if not _asked:
                signal.signal(number, before[number])


@contextmanager
def noted() -> Iterator[None]:
    """Within, note SIGTERM and SIGINT before whoever handles them does.

    An orchestrator raises errors of its own for a signal. Noted, it also ends what a library made
    of that error. Outside the main thread, where nobody can handle signals, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def note_first(number: int, frame: FrameType | None) -> None:
        note(number)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        # `_stop` notes by itself; what is ignored or ends the process at once stays so.
        if callable(handler) and handler is not _stop:
            signal.signal(number, note_first)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is note_first:
                signal.signal(number, handler)


@contextmanager
def ended_after(minutes: float | None) -> Iterator[threading.Event]:
    """Within, send this process SIGTERM once `minutes` have passed; None sets no limit.

    Yields what is set when they have passed.
    """
    is_over = threading.Event()

    def end() -> None:
        sent_by(
            f"its time limit of {minutes:g} minutes",
            "`loyalty run --profile` says which step is slow. Raise the limit (timeout_minutes) if "
            "there is more to do now; the next run takes up what is left.",
        )
        is_over.set()
        os.kill(os.getpid(), signal.SIGTERM)

    timer = threading.Timer((minutes or 0) * 60, end)
    timer.daemon = True
    if minutes is not None:
        timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


def _stop(number: int, _frame: FrameType | None) -> None:
    if _raised:
        _end(_asked[0])
    _raised.append(number)
    note(number)
    raise Stopped(number)


def _end(number: int) -> None:
    os._exit(128 + number)
