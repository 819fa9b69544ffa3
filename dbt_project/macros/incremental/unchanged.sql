{# What an incremental build need not even look at: a table of which nothing that it reads has changed since the last complete
   build, and which does not ask what time it is. HubSpot's tables are such between two syncs that brought nothing of it. #}

{# Whether a model, seed or source is as the last complete build left it or saw it. A model that asks for "now" may say in
   `meta.dates` which columns of which models it compares with it: it is unchanged while time passes none of them. #}
{% macro is_unchanged(unique_id) -%}
    {%- if not is_incremental_build() -%} {{ return(false) }} {%- endif -%}
    {#- `graph` is what all models and tests share -#}
    {%- set known = graph.setdefault('unchanged', {}) -%}
    {%- if unique_id not in known -%} {%- do known.update({unique_id: find_unchanged(unique_id)}) -%} {%- endif -%}
    {{ return(known[unique_id]) }}
{%- endmacro %}

{# What was built all the same, and is what it was. #}
{% macro came_out_unchanged(unique_id) -%}
    {%- do graph.setdefault('unchanged', {}).update({unique_id: true}) -%}
{%- endmacro %}

{% macro find_unchanged(unique_id) -%}
    {%- if unique_id in graph.sources -%}
        {%- set source = graph.sources[unique_id] -%}
        {{ return(source.schema ~ '.' ~ source.identifier not in changed_streams()) }}
    {%- endif -%}
    {%- set node = graph.nodes[unique_id] -%}
    {%- if node.resource_type == 'seed' -%} {{ return(true) }} {%- endif -%}
    {#- the tables of builds tell of this build; those that say `full_refresh` go on from their own past -#}
    {%- if node.schema == 'builds' or node.config.full_refresh is not none -%} {{ return(false) }} {%- endif -%}
    {%- set dates = node.config.meta.get('dates') -%}
    {%- if not dates -%}
        {%- for macro_id in node.depends_on.macros if asks_for_now(macro_id) -%} {{ return(false) }} {%- endfor -%}
    {%- endif -%}
    {%- for parent in node.depends_on.nodes if not is_unchanged(parent) -%} {{ return(false) }} {%- endfor -%}
    {%- for name, columns in (dates or {}).items() -%}
        {%- set dated = (graph.nodes.values() | selectattr('name', 'equalto', name) | list)[0] -%}
        {%- set passed = passed_since_last_build(columns, days_later=[0]) -%}
        {%- if run_query("select 1 from " ~ dated.schema ~ "." ~ dated.alias ~ " where " ~ passed ~ " limit 1").rows -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(true) }}
{%- endmacro %}

{# Whether a macro of ours, or one that it calls, asks for "now", for the month to close, or for what stands in a table further
   downstream: what neither a model's inputs nor `code_version` tell of. #}
{% macro asks_for_now(macro_id) -%}
    {%- set parts = macro_id.split('.') -%}
    {%- if parts[1] != project_name -%} {{ return(false) }} {%- endif -%}
    {%- if parts[2] in ['as_of', 'close_requested', 'left_by_last_run'] -%} {{ return(true) }} {%- endif -%}
    {%- set known = graph.setdefault('asking_macros', {}) -%}
    {%- if macro_id not in known -%}
        {%- do known.update({macro_id: false}) -%}
        {%- set called = context[parts[2]].macro.depends_on.macros if parts[2] in context else [] -%}
        {%- for other in called if asks_for_now(other) -%} {%- do known.update({macro_id: true}) -%} {%- endfor -%}
    {%- endif -%}
    {{ return(known[macro_id]) }}
{%- endmacro %}

{# The raw tables (schema.table) that are not as the last complete build saw them. #}
{% macro changed_streams() -%}
    {%- if 'changed_streams' not in graph -%}
        {%- set seen = "select stream, watermark, versions from builds.streams where build_number = " -%}
        {%- set now = "(" ~ seen ~ "(select max(build_number) from builds.builds))" -%}
        {%- set then = "(" ~ seen ~ last_complete_build() ~ ")" -%}
        {%- set changed = run_query(
            "select stream from (" ~ now ~ " except " ~ then ~ ") as arrived union select stream from ("
            ~ then ~ " except " ~ now ~ ") as gone"
        ).rows -%}
        {%- do graph.update({'changed_streams': changed | map(attribute=0) | list}) -%}
    {%- endif -%}
    {{ return(graph.changed_streams) }}
{%- endmacro %}
