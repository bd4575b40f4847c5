"""How the lines of a night reach a terminal, a log file or a pipe."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from loyalty.warehouse.environment import outlive_reader

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
