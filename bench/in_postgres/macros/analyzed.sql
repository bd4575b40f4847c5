{# Statistics of a table that was just made; a view has none. #}
{% macro analyzed(relation) -%}
    {% if model.config.materialized == 'table' %}analyze {{ relation }}{% endif %}
{%- endmacro %}
