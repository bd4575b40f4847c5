"""A process that loads what lies in a folder and is killed with one file landed, not decided on."""

import os
import signal
import sys
from pathlib import Path

import duckdb
from landing_shop import KEY, declare

from loyalty.landing import Loader, find_files
from loyalty.warehouse import SYSTEM_TABLES


def main(database: str, folder: str, killed_at: int) -> None:
    source = declare()
    with duckdb.connect(database) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(SYSTEM_TABLES)
        loader = Loader(connection, "night 1", {"shop": source}, KEY, "Europe/Stockholm")
        loader.prepare()
        landed = 0
        for file in find_files(source, Path(folder)).files:
            batch = loader.land(file)
            if batch is None:
                continue
            landed += 1
            if landed == killed_at:
                os.kill(os.getpid(), signal.SIGKILL)
            loader.accept(batch)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
