{# What is kept from build to build, in the schema `builds`. #}

{# Run a statement for good: dbt rolls back what its hooks leave uncommitted. #}
{% macro run_and_commit(sql) -%}
    {%- call statement(auto_begin=true) -%} {{ sql }} {%- endcall -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{% macro create_build_tables() -%}
    {%- do run_and_commit("create schema if not exists builds") -%}
    {%- do run_and_commit(
        "create table if not exists builds.builds "
        ~ "(build_number bigint, as_of timestamp, code varchar, reason varchar, is_complete boolean)"
    ) -%}
    {%- do run_and_commit(
        "create table if not exists builds.streams "
        ~ "(build_number bigint, stream varchar, watermark timestamp with time zone, versions bigint)"
    ) -%}
{%- endmacro %}

{# The small tables that all customers share, as this build saw them: the next one looks for what has changed in them. #}
{% macro remember_shared() -%}
    {%- for name, columns in shared_tables().items() -%}
        {%- set node = (graph.nodes.values() | selectattr('name', 'equalto', name) | list)[0] -%}
        {%- do run_and_commit(
            "create or replace table builds." ~ name ~ " as select " ~ columns ~ " from " ~ node.schema ~ "." ~ node.alias
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{# What an incomplete build made of the shared tables, beside what the last complete one remembers: customers may carry its
   prices or rates, also where they are what they were by now. #}
{% macro remember_seen() -%}
    {%- for name, columns in shared_tables().items() -%}
        {%- set node = (graph.nodes.values() | selectattr('name', 'equalto', name) | list)[0] -%}
        {%- set relation = adapter.get_relation(target.database, node.schema, node.alias) -%}
        {%- if relation is not none -%}
            {%- do run_and_commit(
                "insert into builds." ~ name ~ " select " ~ columns ~ " from " ~ relation ~ " except select * from builds." ~ name
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The shared tables, and the columns of each that a customer's or an account's figures depend on. #}
{% macro shared_tables() -%}
    {{ return({
        'int_prices': '*',
        'int_price_currencies': '*',
        'stg_stripe__price_tiers': '*',
        'stg_stripe__coupons': 'coupon_id, percent_off, amount_off_minor, currency, duration, product_ids',
        'stg_stripe__coupon_currencies': '*',
        'int_fx_rates': 'month, currency, rate',
        'int_close_months': 'month, is_closed',
        'int_usage_read_months': 'month',
        'int_health_contact': 'customer_id, month, last_contacted_at',
        'int_health_nps': 'customer_id, month, nps_score, nps_answered_at',
        'dim_customers': 'customer_id, account_id, hubspot_company_id, company_name, segment, sales_motion, acquisition_source',
    }) }}
{%- endmacro %}

{# SQL: the rows of a shared table that are new, changed or gone since the last complete build; none in a whole build. #}
{% macro changed_shared(name) -%}
    {%- set columns = shared_tables()[name] -%}
    {%- set relation = ref(name) -%}
    {%- if is_incremental_build() -%}
        (
            (select {{ columns }} from {{ relation }} except select {{ columns }} from builds.{{ name }})
            union all
            (select {{ columns }} from builds.{{ name }} except select {{ columns }} from {{ relation }})
        )
    {%- else -%}
        (select {{ columns }} from {{ relation }} where false)
    {%- endif -%}
{%- endmacro %}

{# SQL: whether time has passed one of these columns since the last complete build, or so many days after it (if nothing is
   said: the days of grace). #}
{% macro passed_since_last_build(columns, days_later=none) -%}
    {%- if is_incremental_build() -%}
        {%- set last = "cast('" ~ run_query("select as_of from builds.builds where is_complete").rows[0][0] ~ "' as timestamp)" -%}
        {%- set conditions = [] -%}
        {%- for days in days_later or ([0, past_due_grace_days() or 0] | unique) -%}
            {%- for column in columns -%}
                {%- set moment = add_days(column, days) if days else column -%}
                {%- do conditions.append("(" ~ moment ~ " > " ~ last ~ " and " ~ moment ~ " <= " ~ as_of() ~ ")") -%}
            {%- endfor -%}
        {%- endfor -%}
        {{ conditions | join(' or ') }}
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{# What the models are made of, as a hash: their code, the seeds, the project's macros, every var that they name, the
   settings that they read, and how often a person was erased, since that changes versions in place. #}
{% macro code_version() -%}
    {%- set texts = [project_name, target.type, reporting_currency(), reporting_timezone()] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.resource_type in ['model', 'seed'] -%}
        {%- do texts.append(node.raw_code ~ node.checksum.checksum ~ node.config.materialized) -%}
        {%- do texts.append(node.columns.values() | map(attribute='data_type') | join(',')) -%}
    {%- endfor -%}
    {%- for name, value in context | dictsort if value.macro is defined and value.macro.package_name == project_name -%}
        {%- do texts.append(value.macro.macro_sql) -%}
    {%- endfor -%}
    {%- for word in modules.re.findall('\\w+', texts | join(' ')) | unique | sort if var.has_var(word) -%}
        {%- do texts.append(word ~ '=' ~ var(word)) -%}
    {%- endfor -%}
    {%- for schema in graph.sources.values() | map(attribute='schema') | unique | sort -%}
        {%- set erasures = adapter.get_relation(target.database, schema, 'erasures') -%}
        {%- if erasures is not none -%}
            {%- do texts.append(run_query("select count(*) from " ~ erasures).rows[0][0]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(texts | join('\n'))) }}
{%- endmacro %}

{# The number of the build that this one starts from, as SQL. #}
{% macro last_complete_build() -%}
    (select max(build_number) from builds.builds where is_complete)
{%- endmacro %}

{# The newest version of a stream (schema.table) that the last complete build knew, as SQL: a query of one value. #}
{% macro watermark(stream) -%}
    select coalesce(max(watermark), cast('1970-01-01 00:00:00+00' as timestamp with time zone)) as newest
    from builds.streams
    where stream = '{{ stream }}' and build_number = {{ last_complete_build() }}
{%- endmacro %}

{# SQL: whether a version of a stream (schema.table), seen at a time of UTC, is one that the last complete build did not know. #}
{% macro is_new_version(seen_at, stream) -%}
    {{ seen_at }} > (select {{ utc('landed.newest') }} from ({{ watermark(stream) }}) as landed)
{%- endmacro %}

{# Whether this build is incremental. Everything else than a build or run (compiling, linting) reads whole tables. #}
{% macro is_incremental_build() -%}
    {%- if not execute or flags.WHICH not in ['build', 'run'] or target.type == 'spark' -%} {{ return(false) }} {%- endif -%}
    {#- asked of the database once a build: every model and test needs to know, and `graph` is what they all share -#}
    {%- if 'is_incremental_build' not in graph -%}
        {%- set this_build = run_query("select reason from builds.builds order by build_number desc limit 1").rows -%}
        {%- do graph.update({'is_incremental_build': this_build[0][0] is none}) -%}
    {%- endif -%}
    {{ return(graph.is_incremental_build) }}
{%- endmacro %}

{# Whether this build is incremental, and tables still hold what the last complete build left: none has stopped half-way since. Only
   then does a table that comes out as it stands mean that what reads it is up to date. #}
{% macro stands_as_left() -%}
    {%- if not is_incremental_build() -%} {{ return(false) }} {%- endif -%}
    {%- if 'stands_as_left' not in graph -%}
        {%- set unfinished = run_query("select count(*) from builds.builds where not is_complete").rows[0][0] -%}
        {%- do graph.update({'stands_as_left': unfinished == 1}) -%}
    {%- endif -%}
    {{ return(graph.stands_as_left) }}
{%- endmacro %}

{% macro landed_streams() -%}
    {%- set streams = [] -%}
    {%- for source in graph.sources.values() | sort(attribute='unique_id') -%}
        {%- if adapter.get_relation(source.database, source.schema, source.identifier) is not none -%}
            {%- do streams.append(source.schema ~ '.' ~ source.identifier) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(streams) }}
{%- endmacro %}
