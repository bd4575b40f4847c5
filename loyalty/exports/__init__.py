"""Ways in for those who cannot open the DuckDB file: Parquet folders and PostgreSQL.

Both copy a published generation, never the build database: nothing private can get out.
"""
