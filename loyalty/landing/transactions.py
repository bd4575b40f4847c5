"""A transaction of the build database, and what is to be done beside it once it has ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import duckdb


class Transactions:
    """One transaction after the other on a connection.

    `when_done` and `when_undone` are what the archive does when one has ended well, or not.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.when_done: list[Callable[[], object]] = []
        self.when_undone: list[Callable[[], object]] = []

    @contextmanager
    def begin(self) -> Iterator[None]:
        """Hold a transaction open for what is done within."""
        self.when_done.clear()
        self.when_undone.clear()
        self._connection.execute("begin")
        try:
            yield
            self._connection.execute("commit")
        except BaseException:
            # Where the commit itself failed there may be nothing left to roll back.
            with suppress(duckdb.Error):
                self._connection.execute("rollback")
            for undo in self.when_undone:
                undo()
            raise
        for finish in self.when_done:
            finish()
