"""A PostgreSQL of the bench's own, as Debian ships it: a folder, a unix socket, no network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Where Debian keeps them, the newest last; they are not on the path there.
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
# Memory as the other side is given, both cores, and nothing that is for a crash alone.
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "4GB",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "timezone": "UTC",
}


class NoServerError(RuntimeError):
    """PostgreSQL is not installed, or it did not start."""


@contextmanager
def running() -> Iterator[Path]:
    """Start a server in a temporary folder; give the folder, where its socket is.

    Raises:
        NoServerError: there is no PostgreSQL here.
    """
    pg_ctl = shutil.which("pg_ctl") or (BINARIES and str(BINARIES[-1]))
    if not pg_ctl:
        raise NoServerError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # A socket's path must be short, and where we are root the server is another user.
    with tempfile.TemporaryDirectory(prefix="loyalty-pg-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        who: dict[str, Any] = {"cwd": folder}
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
            who |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        places = [pg_ctl, "--pgdata", str(folder / "data")]
        initdb = "--auth=trust --username=postgres --encoding=UTF8 --locale=C --no-sync"
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        start = ["--log", str(folder / "log"), "--options", f"-k {folder} {options}", "start"]
        _run([*places, "initdb", "--options", initdb], who)
        try:
            _run([*places, "--wait", *start], who)
            yield folder
        finally:
            stop = [*places, "--mode", "immediate", "stop"]
            subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, **who)


def _run(command: list[str], who: dict[str, Any]) -> None:
    # Into a file, as the server keeps what it inherits open.
    with (Path(who["cwd"]) / "pg_ctl.log").open("w+") as output:
        done = subprocess.run(command, check=False, stdout=output, stderr=output, **who)
        if done.returncode:
            output.seek(0)
            raise NoServerError(f"PostgreSQL did not start: {output.read()[-500:]}")
