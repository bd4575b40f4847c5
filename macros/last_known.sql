{# The last value that is not null over a window's rows, of values that never fall from row to row. #}
{% macro last_known(value, window_name) -%}
    {{ return(adapter.dispatch('last_known')(value, window_name)) }}
{%- endmacro %}

{% macro default__last_known(value, window_name) -%}
    max({{ value }}) over {{ window_name }}
{%- endmacro %}

{# No tree of maxima is built for each window. #}
{% macro duckdb__last_known(value, window_name) -%}
    last_value({{ value }} ignore nulls) over {{ window_name }}
{%- endmacro %}

{# The first value that is not null over a window's rows, of values that never fall. #}
{% macro first_known(value, window_name) -%}
    {{ return(adapter.dispatch('first_known')(value, window_name)) }}
{%- endmacro %}

{% macro default__first_known(value, window_name) -%}
    min({{ value }}) over {{ window_name }}
{%- endmacro %}

{% macro duckdb__first_known(value, window_name) -%}
    first_value({{ value }} ignore nulls) over {{ window_name }}
{%- endmacro %}
