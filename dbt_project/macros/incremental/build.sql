{# Incremental builds. A build is one `dbt build`. It is *whole*, or it rebuilds only the customers whose objects changed since
   the last build that completed, with the very tables a whole build would give. `builds.builds` holds one row a build; a
   crash leaves an incomplete one, and the next build starts from the last complete one again. #}

{# on-run-start: decide what kind of build this is, and say so. #}
{% macro begin_build() -%}
    {%- if target.type == 'spark' -%}
        {%- if execute and flags.WHICH in ['build', 'run', 'seed', 'test'] -%} {%- do begin_spark_build() -%} {%- endif -%}
    {%- elif execute and flags.WHICH in ['build', 'run'] -%}
        {%- do create_build_tables() -%}
        {%- for known in ['is_incremental_build', 'unchanged', 'changed_streams', 'deltas', 'months', 'stands_as_left'] -%}
            {%- do graph.pop(known, none) -%}
        {%- endfor -%}
        {%- set reason = why_whole() -%}
        {%- if not reason and run_query("select 1 from builds.builds where not is_complete").rows -%} {%- do remember_seen() -%} {%- endif -%}
        {%- do run_and_commit(
            "insert into builds.builds select coalesce(max(build_number), 0) + 1, " ~ as_of() ~ ", '" ~ code_version() ~ "', "
            ~ (("'" ~ reason ~ "'") if reason else 'null') ~ ", false from builds.builds"
        ) -%}
        {%- for stream in landed_streams() -%}
            {%- do run_and_commit(
                "insert into builds.streams select (select max(build_number) from builds.builds), '" ~ stream ~ "', "
                ~ "max(extracted_at), count(*) from " ~ stream
            ) -%}
        {%- endfor -%}
        {%- if not reason -%} {%- do begin_deltas() -%} {%- endif -%}
        {%- do log('whole build: ' ~ reason if reason else 'incremental build', info=true) -%}
    {%- endif -%}
{%- endmacro %}

{# on-run-end: the next build may start from this one if nothing is missing and nothing failed. #}
{% macro end_build(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set done = [] -%}
        {%- for result in results if result.status in ['success', 'pass', 'warn'] -%}
            {%- do done.append(result.node.unique_id) -%}
        {%- endfor -%}
        {%- set wanted = graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'seed', 'test'])
            | rejectattr('config.materialized', 'equalto', 'ephemeral') -%}
        {%- set missing = wanted | map(attribute='unique_id') | reject('in', done) | list -%}
        {%- if not missing and target.type == 'spark' -%}
            {%- do write_served() -%}
        {%- elif not missing -%}
            {%- do remember_shared() -%}
            {%- do run_and_commit("delete from builds.streams where build_number < (select max(build_number) from builds.builds)") -%}
            {%- do run_and_commit("delete from builds.builds where build_number < (select max(build_number) from builds.builds)") -%}
            {%- do run_and_commit("update builds.builds set is_complete = true") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Why everything has to be built anew; empty where what changed is enough. #}
{% macro why_whole() -%}
    {%- if flags.FULL_REFRESH -%} {{ return('asked for') }} {%- endif -%}
    {%- if not run_query("select 1 from builds.builds where is_complete").rows -%}
        {{ return('there is no complete build to start from') }}
    {%- endif -%}
    {%- if run_query("select 1 from builds.builds where reason is not null and not is_complete").rows -%}
        {{ return('the last whole build did not complete') }}
    {%- endif -%}
    {%- if run_query("select 1 from builds.builds where code <> '" ~ code_version() ~ "'").rows -%}
        {{ return('models, seeds or settings have changed') }}
    {%- endif -%}
    {%- if run_query("select 1 from builds.builds where as_of > " ~ as_of()).rows -%}
        {{ return('it looks at an earlier time than the last one') }}
    {%- endif -%}
    {%- if run_query("select 1 from builds.builds where " ~ month_start('as_of') ~ " <> " ~ month_start(as_of())).rows -%}
        {{ return('a month has begun') }}
    {%- endif -%}
    {%- for stream in landed_streams() -%}
        {%- if run_query(
            "select 1 from (select max(extracted_at) as newest, count(case when extracted_at <= (" ~ watermark(stream)
            ~ ") then 1 end) as versions from " ~ stream ~ ") as landed where " ~ utc('newest') ~ " > " ~ as_of()
            ~ " or versions <> coalesce((select max(versions) from builds.streams where stream = '" ~ stream
            ~ "' and build_number = " ~ last_complete_build() ~ "), -1)"
        ).rows -%}
            {{ return(stream ~ ' has versions that are newer than the time looked at, or came late') }}
        {%- endif -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() if node.config.materialized == 'incremental' -%}
        {%- if adapter.get_relation(node.database, node.schema, node.alias) is none -%}
            {{ return(node.name ~ ' is not there') }}
        {%- endif -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}
