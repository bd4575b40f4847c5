{# A catalogue sentence with the catalogue's own windows put in, so that the two cannot disagree. #}
{% macro definition_text(text_column) -%}
    {%- set sentence = namespace(sql=text_column) -%}
    {%- for name, days in [
        ('window', 'window_days'),
        ('double_window', '2 * window_days'),
        ('base_window', 'base_window_days'),
    ] -%}
        {%- set sentence.sql = 'replace(' ~ sentence.sql ~ ", '{" ~ name ~ "}', coalesce(cast("
            ~ days ~ " as " ~ dbt.type_string() ~ "), ''))" -%}
    {%- endfor -%}
    {{ sentence.sql }}
{%- endmacro %}
