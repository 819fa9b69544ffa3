{# How tables are kept on Spark: Parquet, written whole by every build (dbt_project.yml), because Parquet has no `delete` and no
   `merge`. The append-only tables of the closing (`incremental_strategy='append'`) are the only ones that outlive a build. #}

{# on-run-start: the settings that figures depend on, the landed streams as tables, and the tables that outlive a build. #}
{% macro begin_spark_build() -%}
    {%- do check_spark_settings() -%}
    {%- for schema in graph.sources.values() | map(attribute='schema') | unique -%}
        {%- do run_query('create schema if not exists ' ~ schema) -%}
    {%- endfor -%}
    {%- for source in graph.sources.values() -%}
        {#- external: dropping it leaves its files where they are -#}
        {%- do run_query('drop table if exists ' ~ source.schema ~ '.' ~ source.identifier) -%}
        {%- do run_query(
            'create table ' ~ source.schema ~ '.' ~ source.identifier ~ ' ('
            ~ 'id string, created_at timestamp, updated_at timestamp, payload string, content_hash string, '
            ~ "extracted_at timestamp, deleted boolean) using parquet location '"
            ~ spark_lake() ~ '/' ~ source.schema ~ '/' ~ source.identifier ~ "'"
        ) -%}
        {%- do adapter.cache_added(api.Relation.create(schema=source.schema, identifier=source.identifier, type='table')) -%}
    {%- endfor -%}
    {%- for node in kept_models() -%}
        {%- set columns = [] -%}
        {%- for column in node.columns.values() -%}
            {%- do columns.append(column.name ~ ' ' ~ spark_column_type(column.data_type)) -%}
        {%- endfor -%}
        {%- do run_query('create schema if not exists ' ~ node.schema) -%}
        {%- do run_query(
            'create table if not exists ' ~ node.schema ~ '.' ~ node.alias ~ ' (' ~ columns | join(', ')
            ~ ") using parquet location '" ~ spark_lake() ~ '/closed/' ~ node.schema ~ '/' ~ node.alias ~ "'"
        ) -%}
        {%- do adapter.cache_added(api.Relation.create(schema=node.schema, identifier=node.alias, type='table')) -%}
    {%- endfor -%}
{%- endmacro %}

{# on-run-end of a complete build: what is read outside dbt (`meta.served`), as Parquet files in the lake, from where it is brought
   back. #}
{% macro write_served() -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.resource_type == 'model' and node.config.meta.served -%}
        {%- do run_query(
            "insert overwrite directory '" ~ spark_lake() ~ '/built/' ~ node.schema ~ '/' ~ node.alias
            ~ "' using parquet select * from " ~ node.schema ~ '.' ~ node.alias
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{# The lake as Spark names it. #}
{% macro spark_lake() -%}
    {{ return(env_var('REVFUNNEL_SPARK_LAKE', env_var('REVFUNNEL_DESTINATION', ''))) }}
{%- endmacro %}

{# Figures come out otherwise where these are not so; a server may ignore what a session asks for. #}
{% macro check_spark_settings() -%}
    {%- for name, wanted in {
        'spark.sql.session.timeZone': 'UTC',
        'spark.sql.decimalOperations.allowPrecisionLoss': 'false',
        'spark.sql.caseSensitive': 'false',
    }.items() -%}
        {%- set found = run_query('set ' ~ name).rows[0][1] -%}
        {%- if found | lower != wanted | lower -%}
            {{ exceptions.raise_compiler_error(
                "Spark's " ~ name ~ " is '" ~ found ~ "' and must be '" ~ wanted ~ "': set it where the server is started"
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The models whose rows are written once and never again. #}
{% macro kept_models() -%}
    {%- set kept = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.incremental_strategy == 'append' -%}
        {%- do kept.append(node) -%}
    {%- endfor -%}
    {{ return(kept) }}
{%- endmacro %}

{# A type of a contract, as Spark says it. #}
{% macro spark_column_type(data_type) -%}
    {{ return('string' if data_type | lower == 'varchar' else data_type) }}
{%- endmacro %}

{# dbt compares a contract with what this query gives. #}
{% macro spark__get_empty_schema_sql(columns) -%}
    select
        {% for column in columns.values() -%}
        cast(null as {{ spark_column_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
{%- endmacro %}

{# Rows are added to the tables that outlive a build; every other incremental model is a table. #}
{% materialization incremental, adapter='spark' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if config.get('incremental_strategy') != 'append' or existing is none -%}
        {{ return(materialization_table_spark()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- set columns = adapter.get_columns_in_relation(existing) | map(attribute='name') | join(', ') -%}
    {%- call statement('main') -%}
        insert into {{ this }} ({{ columns }})
        select {{ columns }} from ({{ sql }}) as added
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}
