{# All rows of several relations, matched by column name; what one of them lacks is null there. #}
{% macro union_sources(relations) -%}
    {{ return(adapter.dispatch('union_sources')(relations)) }}
{%- endmacro %}

{% macro duckdb__union_sources(relations) -%}
    {%- for relation in relations %}
    select * from {{ relation }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
