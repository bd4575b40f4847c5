{# What DuckDB writes in its own way. #}
{% macro duckdb__local_date(timestamp_column) -%}
    cast(timezone('{{ var("business_time_zone") }}', timezone('UTC', {{ timestamp_column }})) as date)
{%- endmacro %}

{# dbt's own casts both to timestamps first. #}
{% macro duckdb__days_between(first_date, second_date) -%}
    ({{ second_date }} - {{ first_date }})
{%- endmacro %}

{% macro duckdb__iso_weekday(date_column) -%}
    cast(extract(isodow from {{ date_column }}) as integer)
{%- endmacro %}

{% macro duckdb__day_series(first_date, last_date) -%}
    select cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date)
        as date_day
{%- endmacro %}

{# DuckDB 1.5 takes a plain comparison with another table for one that leaves few rows, and then builds
   the hash tables of the joins after it from facts instead of from the few rows that they are joined
   to: twice the time, and memory that grows with the facts. A case it takes to leave all rows. #}
{% macro duckdb__has_happened(date_column) -%}
    case when {{ date_column }} <= night.as_of_date then true else false end
{%- endmacro %}

{# No tree of minima or maxima is built for each window. #}
{% macro duckdb__first_known(value, window_name) -%}
    first_value({{ value }} ignore nulls) over {{ window_name }}
{%- endmacro %}

{% macro duckdb__last_known(value, window_name) -%}
    last_value({{ value }} ignore nulls) over {{ window_name }}
{%- endmacro %}

{% macro duckdb__value_at_lowest(value, rank) -%}
    min_by({{ value }}, {{ rank }})
{%- endmacro %}

{% macro duckdb__value_at_highest(value, rank) -%}
    max_by({{ value }}, {{ rank }})
{%- endmacro %}

{# Wide before it is multiplied: DuckDB gives two of 18 digits no more than 18. #}
{% macro duckdb__squared_amount(amount) -%}
    cast({{ amount }} as decimal(38, 4)) * cast({{ amount }} as decimal(18, 4))
{%- endmacro %}

{% macro duckdb__union_sources(relations) -%}
    {%- for relation in relations %}
    select * from {{ relation }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# The incremental strategy of the input layer: rows of a key that comes again are replaced, and those
   that they were stay in the schema `replaced` until the next night, which may have to know what the
   models made of them. #}
{% macro get_incremental_keeping_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set new_rows = arg_dict['temp_relation'] -%}
    {%- set unique_key = arg_dict['unique_key'] -%}
    {%- set keys = ([unique_key] if unique_key is string else unique_key) | join(', ') -%}
    {%- set kept = target.incorporate(path={'schema': 'replaced'}) %}
    create schema if not exists {{ kept.without_identifier() }};

    create or replace table {{ kept }} as
    select * from {{ target }}
    where ({{ keys }}) in (select {{ keys }} from {{ new_rows }});

    delete from {{ target }}
    where ({{ keys }}) in (select {{ keys }} from {{ new_rows }});

    insert into {{ target }} by name
    select * from {{ new_rows }};
{%- endmacro %}
