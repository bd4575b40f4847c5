{# A view, replaced in place; see the table. #}
{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set in_transaction = pre_hooks or post_hooks -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', auto_begin=in_transaction) -%}
        {{ drop_statement(load_cached_relation(this)) }}
        {{ get_create_view_as_sql(target_relation, compiled_code) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- if in_transaction -%} {%- do adapter.commit() -%} {%- endif -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
