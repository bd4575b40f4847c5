"""A PostgreSQL of the tests' own: a folder, a unix socket, no network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

# Where Debian keeps them, the newest last; they are not on the path there.
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@dataclass(frozen=True)
class Cluster:
    """A running server; `dsn` is its owner's."""

    folder: Path

    def dsn(self, user: str = "postgres", database: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def ask(self, sql: str, user: str = "postgres", database: str = "postgres") -> list[Any]:
        with psycopg.connect(self.dsn(user, database), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a cluster and stop it; skip, with the reason, where PostgreSQL is not installed."""
    pg_ctl = shutil.which("pg_ctl") or (BINARIES and str(BINARIES[-1]))
    if not pg_ctl:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # PostgreSQL refuses to run as root, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="loyalty-pg-"))
    who: dict[str, Any] = {"cwd": folder}
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        who |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    places = [pg_ctl, "--pgdata", str(data)]
    initdb = "--auth=trust --username=postgres --encoding=UTF8 --locale=C --no-sync"
    _run([*places, "initdb", "--options", initdb], who)
    try:
        _run([*places, "--wait", "--log", str(folder / "log"), "--options", options, "start"], who)
        yield Cluster(folder)
    finally:
        subprocess.run([*places, "--mode", "immediate", "stop"], check=False, **who)
        shutil.rmtree(folder)


def _run(words: list[str], who: dict[str, Any]) -> None:
    with tempfile.TemporaryFile("w+") as output:
        # The server inherits what it prints to: a pipe would never end.
        done = subprocess.run(words, stdout=output, stderr=output, timeout=60, check=False, **who)
        output.seek(0)
        assert done.returncode == 0, output.read()
