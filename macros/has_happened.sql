{# Whether a date is on or before the night's, from `int_night` as `night`. #}
{% macro has_happened(date_column) -%}
    {{ return(adapter.dispatch('has_happened')(date_column)) }}
{%- endmacro %}

{% macro default__has_happened(date_column) -%}
    {{ date_column }} <= night.as_of_date
{%- endmacro %}

{# DuckDB 1.5 takes a plain comparison with another table for one that leaves few rows, and then builds
   the hash tables of the joins after it from facts instead of from the few rows that they are joined
   to: twice the time, and memory that grows with the facts. A case it takes to leave all rows. #}
{% macro duckdb__has_happened(date_column) -%}
    case when {{ date_column }} <= night.as_of_date then true else false end
{%- endmacro %}
