"""The project's own models by dbt-postgres on Debian's PostgreSQL, beside the same in DuckDB.

All models from the input layer to the marts run as they are. Contracts are off, tables are not
logged, and analysed at once (`macros/`). The input layer, the seeds and what the night told the
models are loaded, which is not counted.
"""
