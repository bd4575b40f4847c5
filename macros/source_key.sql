{# A source's key made unique over all sources: the source's name stands before it. Null stays null. #}
{% macro source_key(key_column, source_name) -%}
    '{{ source_name }}:' || {{ key_column }}
{%- endmacro %}
