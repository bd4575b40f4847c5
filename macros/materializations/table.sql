{# A table, replaced in place. dbt-duckdb's own builds it under another name and renames it twice, for
   readers in the meantime; nobody reads the build database while it is built, and the renames cost
   more than most models. One statement needs no transaction; a contract's two are given one. #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set in_transaction = config.get('contract').enforced or pre_hooks or post_hooks -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', auto_begin=in_transaction) -%}
        {{ drop_statement(load_cached_relation(this)) }}
        {{ create_table_as(false, target_relation, compiled_code) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- if in_transaction -%} {%- do adapter.commit() -%} {%- endif -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# The statement that removes what stands where a model is to be built, table or view. #}
{% macro drop_statement(existing_relation) -%}
    {%- if existing_relation is not none -%}
        drop {{ existing_relation.type }} if exists {{ existing_relation }};
    {%- endif -%}
{%- endmacro %}
