{# One row `date_day` per calendar day from the first to the last of two dates, both included. #}
{% macro day_series(first_date, last_date) -%}
    {{ return(adapter.dispatch('day_series')(first_date, last_date)) }}
{%- endmacro %}

{% macro duckdb__day_series(first_date, last_date) -%}
    select cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date)
        as date_day
{%- endmacro %}
