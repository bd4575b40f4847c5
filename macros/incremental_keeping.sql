{# The incremental strategy of the input layer: rows of a key that comes again are replaced, and those
   that they were stay in the schema `replaced` until the next night, which may have to know what the
   models made of them. #}
{% macro get_incremental_keeping_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set new_rows = arg_dict['temp_relation'] -%}
    {%- set unique_key = arg_dict['unique_key'] -%}
    {%- set keys = ([unique_key] if unique_key is string else unique_key) | join(', ') -%}
    {%- set kept = target.incorporate(path={'schema': 'replaced'}) %}
    create schema if not exists replaced;

    create or replace table {{ kept }} as
    select * from {{ target }}
    where ({{ keys }}) in (select {{ keys }} from {{ new_rows }});

    delete from {{ target }}
    where ({{ keys }}) in (select {{ keys }} from {{ new_rows }});

    insert into {{ target }} by name
    select * from {{ new_rows }};
{%- endmacro %}
