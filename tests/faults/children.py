"""A piece of work in a process of its own that has imported already what a night needs."""

import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

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
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        # Nothing of the parent's tests may run on in here.
        signal.alarm(int(seconds))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(_done(work)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, code = os.waitpid(child, 0)
    if code:
        return Ended(os.waitstatus_to_exitcode(code), "the process died", is_explained=False)
    ended: Ended = pickle.loads(said)
    return ended


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
