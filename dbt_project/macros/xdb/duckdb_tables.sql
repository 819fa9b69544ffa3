{# How a table is built in DuckDB: dropped and made anew in one transaction. Readers see the old one until it ends, and a crash
   leaves it. dbt-duckdb's own way builds beside it and renames twice, which costs as much again as a small table itself. #}
{% materialization table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if existing is not none and existing.type == 'table' and is_unchanged(model.unique_id) -%}
        {%- call noop_statement('main', 'UNCHANGED', code='UNCHANGED') -%} {%- endcall -%}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if existing is not none -%} drop {{ existing.type }} {{ existing }}; {%- endif %}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
