"""What the warehouse costs, beside what the same work costs without it.

`make bench` measures and writes `docs/performance.md` and `docs/performance.json`. Figures that
are compared are ratios: both sides run in turns on the same machine and data, and where they claim
to do the same work, their results are compared by content hash. Nothing here is timed in tests.

    make bench                          # 1 and 10 million orders, all parts
    make bench SIZES="1 10 30 100"      # the full measurement, for a night
    make bench PARTS="load build"       # some parts; what was measured of others stays

Where things are:

    scale.py      a shop of N million orders, as Parquet and CSV, and one day more of it
    houses.py     warehouses that hold such a shop, made once and cached
    timing.py     trials in turns, ratios of what ran side by side, memory by the operating system
    results.py    a measurement, and the file that keeps them
    report.py     docs/performance.md, from what is kept
    parts.py      the parts there are

A part is a module with `measure(setting)`, which yields measurements; it is named in `parts.py`.
What is made once is kept in `$LOYALTY_BENCH_CACHE` (default: `loyalty-bench` in the user's cache
folder), never in the repository.
"""
