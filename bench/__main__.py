"""`python -m bench`: measure, keep, report."""

import argparse
import logging
import sys

from bench import report, results
from bench.parts import PARTS, Part, Setting, cache_folder

LOG = logging.getLogger("bench")


def main() -> int:
    """Measure what is asked for; what is measured is kept at once, part by part."""
    asked = _arguments()
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO)
    logging.getLogger("loyalty").setLevel(logging.WARNING)
    is_good = True
    if not asked.report:
        chosen = [part for part in PARTS if not asked.parts or part.name in asked.parts]
        for part, millions in _plan(chosen, sorted(asked.sizes)):
            is_good &= _measure(part, Setting(millions, asked.repeats, cache_folder()))
    report.write()
    LOG.info("%s", report.PAGE)
    return 0 if is_good else 1


def _plan(parts: list[Part], sizes: list[float]) -> list[tuple[Part, float]]:
    once = [(part, sizes[0]) for part in parts if not part.is_sized]
    sized = [
        (part, size) for size in sizes for part in parts if part.is_sized and size <= part.largest
    ]
    return once + sized


def _measure(part: Part, setting: Setting) -> bool:
    """Measure one part; one that fails is said, and the others go on."""
    LOG.info("%s at %g million", part.name, setting.millions)
    found = []
    try:
        for measurement in part.measure(setting):
            LOG.info("  %s", measurement)
            found.append(measurement)
    except Exception:
        LOG.exception("%s could not be measured", part.name)
        return False
    finally:
        results.keep(found)
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 10], metavar="MILLIONS")
    parser.add_argument("--parts", nargs="*", choices=[part.name for part in PARTS])
    parser.add_argument("--repeats", type=int, default=3, help="rounds of what runs in turns")
    parser.add_argument("--report", action="store_true", help="only write the page anew")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
