{# The business's local calendar date of a UTC timestamp. #}
{% macro local_date(timestamp_column) -%}
    {{ return(adapter.dispatch('local_date')(timestamp_column)) }}
{%- endmacro %}

{% macro duckdb__local_date(timestamp_column) -%}
    cast(timezone('{{ var("business_time_zone") }}', timezone('UTC', {{ timestamp_column }})) as date)
{%- endmacro %}
