{# What the engines write each in its own way; `_engines.yml` says what each macro gives. An engine's
   form stands in the file of its name, and here what standard SQL gives to all that have none. #}
{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double precision
{%- endmacro %}

{% macro local_date(timestamp_column) -%}
    {{ return(adapter.dispatch('local_date')(timestamp_column)) }}
{%- endmacro %}

{% macro days_between(first_date, second_date) -%}
    {{ return(adapter.dispatch('days_between')(first_date, second_date)) }}
{%- endmacro %}

{% macro default__days_between(first_date, second_date) -%}
    {{ dbt.datediff(first_date, second_date, 'day') }}
{%- endmacro %}

{% macro iso_weekday(date_column) -%}
    {{ return(adapter.dispatch('iso_weekday')(date_column)) }}
{%- endmacro %}

{% macro day_series(first_date, last_date) -%}
    {{ return(adapter.dispatch('day_series')(first_date, last_date)) }}
{%- endmacro %}

{% macro has_happened(date_column) -%}
    {{ return(adapter.dispatch('has_happened')(date_column)) }}
{%- endmacro %}

{% macro default__has_happened(date_column) -%}
    {{ date_column }} <= night.as_of_date
{%- endmacro %}

{% macro first_known(value, window_name) -%}
    {{ return(adapter.dispatch('first_known')(value, window_name)) }}
{%- endmacro %}

{% macro default__first_known(value, window_name) -%}
    min({{ value }}) over {{ window_name }}
{%- endmacro %}

{% macro last_known(value, window_name) -%}
    {{ return(adapter.dispatch('last_known')(value, window_name)) }}
{%- endmacro %}

{% macro default__last_known(value, window_name) -%}
    max({{ value }}) over {{ window_name }}
{%- endmacro %}

{% macro value_at_lowest(value, rank) -%}
    {{ return(adapter.dispatch('value_at_lowest')(value, rank)) }}
{%- endmacro %}

{% macro value_at_highest(value, rank) -%}
    {{ return(adapter.dispatch('value_at_highest')(value, rank)) }}
{%- endmacro %}

{% macro squared_amount(amount) -%}
    {{ return(adapter.dispatch('squared_amount')(amount)) }}
{%- endmacro %}

{# A product has the digits of both factors: more than 38, and Spark would cut those behind the point. #}
{% macro default__squared_amount(amount) -%}
    cast({{ amount }} as decimal(18, 4)) * cast({{ amount }} as decimal(18, 4))
{%- endmacro %}

{% macro union_sources(relations) -%}
    {{ return(adapter.dispatch('union_sources')(relations)) }}
{%- endmacro %}

{# Columns are matched by place, so each relation names those of all, in one order; which ones they
   are, the database says. A unit test's relations are not in it: there, place is all there is, and
   their rows must name the same columns. #}
{% macro default__union_sources(relations) -%}
    {%- set types = {} -%}
    {%- set names = [] -%}
    {%- for relation in relations -%}
        {%- set columns = [] -%}
        {%- if execute and not relation.is_cte -%}
            {%- set columns = adapter.get_columns_in_relation(relation) -%}
            {%- if not columns -%}
                {{ exceptions.raise_compiler_error(relation ~ " has no columns yet: build it first") }}
            {%- endif -%}
        {%- endif -%}
        {%- do names.append(columns | map(attribute='name') | list) -%}
        {%- for column in columns if column.name not in types -%}
            {%- do types.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for relation in relations %}
    {%- set own = names[loop.index0] %}
    select
        {%- for name, type in types.items() %}
        {{ name if name in own else 'cast(null as ' ~ type ~ ') as ' ~ name }}{{ ',' if not loop.last }}
        {%- else %}
        *
        {%- endfor %}
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
