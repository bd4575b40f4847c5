"""Run a command and say what it used: `launch.py FILE COMMAND…`, by `timing.run`.

A process of its own, because Linux counts the peak of whoever starts a process as that process's
own: this one is small, whatever the harness has grown to.
"""

import json
import os
import subprocess
import sys
import time

if __name__ == "__main__":
    file, *command = sys.argv[1:]
    began = time.monotonic()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    # Kilobytes, but on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    with open(file, "w", encoding="utf-8") as said:  # noqa: PTH123 - pathlib would double its size
        json.dump(
            {
                "seconds": took,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "peak_bytes": usage.ru_maxrss * unit,
            },
            said,
        )
    sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)
