"""A signal ends a command promptly, with its status and one sentence."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import sys, time, threading, duckdb
from loyalty import signals
from loyalty.cli import command

signals.GRACE_SECONDS = 1.0
class Dying:
    def __del__(self):
        sleep()

def sleep():
    print("ready", flush=True)
    time.sleep(60)

def query():
    print("ready", flush=True)
    connection.execute("select sum(random()) from range(100_000_000_000)")

def wait_for_a_thread():
    threading.Thread(target=time.sleep, args=[60]).start()
    sleep()

WORK = {
    "query": query,
    "sleep": sleep,
    # Out of a callback of the interpreter nothing is raised: the next check does.
    "callback": lambda: Dying() and signals.check(),
    "thread": wait_for_a_thread,
}

connection = signals.watched(duckdb.connect())

def work():
    try:
        WORK[sys.argv[1]]()
    finally:
        print("unwound", flush=True)

command.app = work
command.main()
"""


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["term", "int"]
)
@pytest.mark.parametrize("work", ["query", "sleep", "thread", "callback"])
def test_a_signal_ends_the_command_with_one_sentence(
    number: signal.Signals, status: int, work: str
) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, work],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    running.send_signal(number)
    try:
        printed, said = running.communicate(timeout=60)
    finally:
        running.kill()
    assert printed == "unwound\n"
    assert (
        said == f"loyalty: stopped by {number.name}; the same command again finishes what is left\n"
    )
    assert running.returncode == status


def test_a_signal_that_is_ignored_stays_so() -> None:
    program = (
        "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from loyalty import signals\n"
        "with signals.in_order(): os.kill(os.getpid(), signal.SIGINT); signals.check()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
