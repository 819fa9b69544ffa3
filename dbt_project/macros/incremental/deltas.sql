{# The rows that an incremental build made anew, kept beside the tables they went into: a database in memory, which goes with
   the build. What is built next, and the tests, read those few instead of looking for them in the whole table. `graph` is what
   all models and tests of a build share: `graph.deltas` says which tables there are, as (strategy, key). #}

{% macro begin_deltas() -%}
    {%- do run_query("detach database if exists deltas") -%}
    {%- do run_query("attach ':memory:' as deltas") -%}
    {#- statements of an increment are small: two beside each other on one core each cost less than each on two -#}
    {%- do run_query("set global threads = 1") -%}
{%- endmacro %}

{# How an incremental model is built in DuckDB. In a whole build: as a table. Otherwise its rebuilt rows become a table in memory,
   its old ones go and the new ones come, in one transaction. (A transaction of DuckDB writes to one database only.) #}
{% materialization incremental, adapter='duckdb' %}
    {%- set strategy = config.get('incremental_strategy') -%}
    {%- if strategy == 'append' -%} {{ return(append_rows()) }} {%- endif -%}
    {%- if not is_incremental() -%} {{ return(materialization_table_duckdb()) }} {%- endif -%}
    {%- set delta = delta_name(model.name) -%}
    {%- set rebuilt = rebuilt_rows(strategy, config.get('unique_key'), model) -%}
    {%- do run_and_commit("create table " ~ delta ~ " as select * from (" ~ compiled_code ~ ") as rebuilt where " ~ rebuilt) -%}
    {{ run_hooks(pre_hooks) }}
    {%- set is_compared = config.get('meta').get('compared') and stands_as_left() -%}
    {%- if is_compared and content_of(delta) == content_of('(select * from ' ~ this ~ ' where ' ~ rebuilt ~ ')') -%}
        {%- call noop_statement('main', 'UNCHANGED', code='UNCHANGED') -%} {%- endcall -%}
        {%- do came_out_unchanged(model.unique_id) -%}
    {%- else -%}
        {%- call statement('main') -%}
            delete from {{ this }} where {{ rebuilt }};
            insert into {{ this }} by name select * from {{ delta }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {%- do graph.setdefault('deltas', {}).update({model.name: (strategy, config.get('unique_key'))}) -%}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}

{# What outlives all builds gets rows, and keeps those that it has: it is as it was if there are no more of them than before. #}
{% macro append_rows() -%}
    {%- set existing = load_cached_relation(this) if stands_as_left() -%}
    {%- set count = "select count(*) from " ~ this -%}
    {%- set rows_before = run_query(count).rows[0][0] if existing -%}
    {%- set result = dbt.materialization_incremental_duckdb() -%}
    {%- if existing and run_query(count).rows[0][0] == rows_before -%} {%- do came_out_unchanged(model.unique_id) -%} {%- endif -%}
    {{ return(result) }}
{%- endmacro %}

{# Tables of which several models read the touched rows, and which hold more than those when they are rebuilt themselves. The
   lines inside an invoice are left out: they have a table of their own, and are most of what is to be read. #}
{% macro slice_touched() -%}
    {%- if is_incremental_build() -%}
        {%- for name, key in touched_slices().items() -%}
            {%- set keys = 'builds.int_touched_' ~ key_name(key) | replace('_id', 's') -%}
            {%- do run_and_commit(
                "create table " ~ delta_name(name ~ '__touched') ~ " as select "
                ~ ('* exclude (lines)' if name == 'stg_stripe__invoices' else '*') ~ " from " ~ ref(name)
                ~ " where " ~ key ~ " in (select " ~ key_name(key) ~ " from " ~ keys ~ ")"
            ) -%}
            {%- do graph.setdefault('deltas', {}).update({name ~ '__touched': ('touched', key)}) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro touched_slices() -%}
    {{ return({
        'stg_stripe__subscriptions': 'customer_id',
        'stg_stripe__invoices': 'customer_id',
        'stg_stripe__invoice_lines': 'customer_id',
        'stg_stripe__discounts': 'owner_id',
        'int_subscription_states': 'subscription_id',
        'int_subscription_state_items': 'subscription_id',
    }) }}
{%- endmacro %}

{# The table in memory that holds the rows of a relation which this strategy rebuilds by this key; if neither is said, those that
   the relation's own rebuilt. None if there is no such table. #}
{% macro delta_of(relation, strategy=none, key=none) -%}
    {%- set deltas = graph.get('deltas', {}) -%}
    {%- for name in [relation.identifier] + ([relation.identifier ~ '__touched'] if strategy else []) if name in deltas -%}
        {%- if not strategy or deltas[name] == (strategy, key) -%} {{ return(delta_name(name)) }} {%- endif -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}

{# The rows of a model that this build made anew; all rows if it made none, or in a whole build. #}
{% macro rebuilt(relation) -%}
    {{ delta_of(relation) or relation }}
{%- endmacro %}

{% macro delta_name(name) -%}
    {{ return('deltas.main.' ~ name) }}
{%- endmacro %}
