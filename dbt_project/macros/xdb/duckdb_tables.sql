{# How a table is built in DuckDB: dropped and made anew in one transaction. Readers see the old one until it ends, and a crash
   leaves it. dbt-duckdb's own way builds beside it and renames twice, which costs as much again as a small table itself.
   An incremental build writes nothing where the table came out as it was, and what reads it need not be built then. #}
{% materialization table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set was_table = existing is not none and existing.type == 'table' -%}
    {%- if was_table and is_unchanged(model.unique_id) -%}
        {%- call noop_statement('main', 'UNCHANGED', code='UNCHANGED') -%} {%- endcall -%}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {#- what tells of this build (schema builds) is never the same, even where it reads the same -#}
    {%- set content_before = content_of(existing) if was_table and model.schema != 'builds' and stands_as_left() -%}
    {%- call statement('main') -%}
        {%- if existing is not none -%} drop {{ existing.type }} {{ existing }}; {%- endif %}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall -%}
    {%- if content_before and content_of(target_relation) == content_before -%}
        {%- do run_query('rollback; begin') -%}
        {%- do came_out_unchanged(model.unique_id) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# What a table holds, whatever the order of its rows: their number, and the sum of their hashes of 64 bits. (An alias that is
   a column's name too would stand for that column.) #}
{% macro content_of(relation) -%}
    {%- set content = "select count(*), cast(sum(hash(row_of_table__)) as varchar) from " ~ relation ~ " as row_of_table__" -%}
    {{ return(run_query(content).rows[0].values()) }}
{%- endmacro %}
