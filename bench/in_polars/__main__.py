"""Export what polars reads, or make the facts or the indicators; see the package."""

import json
import sys
import time
from pathlib import Path

from bench.in_polars import facts, indicators, inputs


def main() -> None:
    """Do one of the three, as the first argument says, and print the seconds."""
    task, *places = sys.argv[1:]
    began = time.monotonic()
    if task == "export":
        inputs.export(Path(places[0]), Path(places[1]))
    elif task == "facts":
        facts.make(inputs.Inputs.of(Path(places[0])))
    else:
        indicators.make(inputs.Inputs.of(Path(places[0])))
    print(json.dumps({"seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
