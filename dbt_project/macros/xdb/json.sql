{# JSON text to a struct. `schema` is a mapping of names to 'VARCHAR', a nested mapping, or a one-element list of either.
   All leaves stay text (an object under a text leaf gives its JSON text) and are cast with try_cast afterwards. #}
{% macro json_struct(column, schema) -%}
    {{ return(adapter.dispatch('json_struct')(column, schema)) }}
{%- endmacro %}

{% macro duckdb__json_struct(column, schema) -%}
    from_json({{ column }}, '{{ tojson(schema) }}')
{%- endmacro %}

{% macro spark__json_struct(column, schema) -%}
    from_json({{ column }}, '{{ spark_type(schema) }}')
{%- endmacro %}

{# A schema as json_struct takes it, as a Spark type. #}
{% macro spark_type(schema) -%}
    {%- if schema is mapping -%}
        struct<
        {%- for name, type in schema.items() -%} `{{ name }}`: {{ spark_type(type) }}{{ ', ' if not loop.last }} {%- endfor -%}
        >
    {%- elif schema is string -%}
        string
    {%- else -%}
        array<{{ spark_type(schema[0]) }}>
    {%- endif -%}
{%- endmacro %}

{# The text members of a JSON object that stands under `name`, those whose key begins with `prefix`: a list of structs `key`, `value`.
   For keys that only the data knows. #}
{% macro json_members(column, name, prefix) -%}
    {{ return(adapter.dispatch('json_members')(column, name, prefix)) }}
{%- endmacro %}

{% macro duckdb__json_members(column, name, prefix) -%}
    list_filter(
        map_entries(from_json({{ column }}, '{"{{ name }}": "MAP(VARCHAR, VARCHAR)"}').{{ name }}),
        lambda member: starts_with(member.key, '{{ prefix }}')
    )
{%- endmacro %}

{% macro spark__json_members(column, name, prefix) -%}
    filter(
        map_entries(from_json({{ column }}, 'struct<`{{ name }}`: map<string, string>>').{{ name }}),
        member -> startswith(member.key, '{{ prefix }}')
    )
{%- endmacro %}

{# One row for each element of a list; use it as a column of the select list. Empty and missing lists give no row. #}
{% macro explode(list_expression) -%}
    {{ return(adapter.dispatch('explode')(list_expression)) }}
{%- endmacro %}

{% macro duckdb__explode(list_expression) -%}
    unnest({{ list_expression }})
{%- endmacro %}

{% macro spark__explode(list_expression) -%}
    explode({{ list_expression }})
{%- endmacro %}

{# As explode, as two columns of the select list: the position (from 0) and the element. #}
{% macro explode_with_position(list_expression, position_name, element_name) -%}
    {{ return(adapter.dispatch('explode_with_position')(list_expression, position_name, element_name)) }}
{%- endmacro %}

{% macro duckdb__explode_with_position(list_expression, position_name, element_name) -%}
    generate_subscripts({{ list_expression }}, 1) - 1 as {{ position_name }},
    unnest({{ list_expression }}) as {{ element_name }}
{%- endmacro %}

{% macro spark__explode_with_position(list_expression, position_name, element_name) -%}
    posexplode({{ list_expression }}) as ({{ position_name }}, {{ element_name }})
{%- endmacro %}

{# A text cut at a separator, as a list of texts. #}
{% macro split_text(column, separator) -%}
    {{ return(adapter.dispatch('split_text')(column, separator)) }}
{%- endmacro %}

{% macro duckdb__split_text(column, separator) -%}
    string_split({{ column }}, '{{ separator }}')
{%- endmacro %}

{% macro spark__split_text(column, separator) -%}
    split({{ column }}, '[{{ separator }}]')
{%- endmacro %}

{# Whether a list of texts holds a text. #}
{% macro list_contains(list_expression, element) -%}
    {{ return(adapter.dispatch('list_contains')(list_expression, element)) }}
{%- endmacro %}

{% macro duckdb__list_contains(list_expression, element) -%}
    list_contains({{ list_expression }}, {{ element }})
{%- endmacro %}

{% macro spark__list_contains(list_expression, element) -%}
    array_contains({{ list_expression }}, {{ element }})
{%- endmacro %}
