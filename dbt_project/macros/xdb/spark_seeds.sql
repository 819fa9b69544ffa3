{# Seeds on Spark. dbt-spark's own would write an empty cell as the text 'None' and break at an apostrophe. #}

{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(name ~ ' ' ~ spark_seed_type(model, agate_table, name, loop.index0)) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this ~ ' (' ~ columns | join(', ') ~ ') ' ~ file_format_clause() -%}
    {%- call statement('_') -%} {{ sql }} {%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set statements = [] -%}
    {%- for chunk in agate_table.rows | batch(1000) -%}
        {%- set rows = [] -%}
        {%- for row in chunk -%}
            {%- set cells = [] -%}
            {%- for value in row -%}
                {%- set type = spark_seed_type(model, agate_table, agate_table.column_names[loop.index0], loop.index0) -%}
                {%- if value is none -%}
                    {%- do cells.append('cast(null as ' ~ type ~ ')') -%}
                {%- else -%}
                    {%- do cells.append("cast('" ~ (value | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "' as " ~ type ~ ')') -%}
                {%- endif -%}
            {%- endfor -%}
            {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- set sql = 'insert into ' ~ this ~ ' values ' ~ rows | join(', ') -%}
        {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
        {%- do statements.append(sql) -%}
    {%- endfor -%}
    {{ return(statements | first) }}
{%- endmacro %}

{% macro spark_seed_type(model, agate_table, name, position) -%}
    {{ return(spark_column_type(model.config.get('column_types', {}).get(name, adapter.convert_type(agate_table, position)))) }}
{%- endmacro %}
