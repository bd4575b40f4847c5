"""The project's own models by dbt-postgres on Debian's PostgreSQL, beside the same in DuckDB.

All models from the input layer to the marts run as they are. What PostgreSQL lacks is given to it:
macros that the project dispatches (`macros/`), aggregates and a name of a type (`setup.sql`).
Contracts are off, as they name types as DuckDB does; tables are not logged, and analysed at once.
The input layer, the seeds and what the night told the models are loaded, which is not counted.
"""
