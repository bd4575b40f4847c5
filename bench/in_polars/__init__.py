"""What polars needs for the largest facts and the indicators: lazy frames, the streaming engine.

    python -m bench.in_polars export BUILD_DATABASE FOLDER   # what it reads, as Parquet
    python -m bench.in_polars facts FOLDER
    python -m bench.in_polars indicators FOLDER

Facts: `fct_orders`, `fct_deliveries`, `fct_program_events`, `fct_customer_timeline` and
`fct_customer_months`, all rows and columns, from what the models of the same names read.
Indicators: all fourteen, in every grain and cut, with base, sum and value, and what was left out,
from the facts; intervals, verdicts and changes are not computed. Written by hand for polars: joins
by overlap are replaced by first days and gaps, windows by sorted frames, shifted and filled.
"""
