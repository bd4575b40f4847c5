"""How the lines of a night reach a terminal, a log file or a pipe."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

LOG = logging.getLogger("loyalty")
STYLES = {logging.WARNING: "yellow", logging.ERROR: "red"}


class TerminalHandler(logging.Handler):
    """Prints each record as one line; on a terminal the running step stays at the bottom."""

    def __init__(self, console: Console, status: Status) -> None:
        super().__init__()
        self.console = console
        self.status = status

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record's message, a step's name in bold."""
        step = getattr(record, "step", None)
        style = "bold" if step else STYLES.get(record.levelno, "")
        self.console.print(
            record.getMessage(), style=style, markup=False, highlight=False, soft_wrap=True
        )
        if step:
            self.status.update(f"{step} …")


def outlive_reader(console: Console) -> None:
    """Let the console fall silent when nobody reads its pipe any more.

    By itself it raises SystemExit then, in whatever thread logs: a night would end at a log line,
    and a thread of dbt's would end unseen while its command waits for it.
    """

    def fall_silent() -> None:
        console.quiet = True
        # What others write to the same pipe goes nowhere too.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, console.file.fileno())
        os.close(nowhere)

    console.on_broken_pipe = fall_silent  # type: ignore[method-assign]


def outlive_readers() -> None:
    """Let every console that this process logs to fall silent when nobody reads it any more."""
    loggers = [LOG.manager.root, *LOG.manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            console = getattr(handler, "console", None)
            if isinstance(console, Console):
                outlive_reader(console)


@contextmanager
def shown_on(console: Console) -> Iterator[None]:
    """Show what the package logs on `console` for as long as the context lasts."""
    outlive_reader(console)
    # It tells of every temporary folder.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    with console.status("…") as status:
        handler = TerminalHandler(console, status)
        LOG.addHandler(handler)
        LOG.setLevel(logging.INFO)
        was_propagating, LOG.propagate = LOG.propagate, False
        try:
            yield
        finally:
            LOG.removeHandler(handler)
            LOG.propagate = was_propagating
