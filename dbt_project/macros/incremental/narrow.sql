{# How a model of an incremental build reads and writes the rows of some customers only. A model that takes part says
       config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id')
   and reads `touched(ref(...), key)`; its SQL is otherwise that of a whole table, and must give a customer's rows from that
   customer's rows alone, and from shared tables. Its old rows of the touched customers go, the new ones come. Strategy
   `changed` is the same for what depends on the objects only, not on the time, prices, coupons or exchange rates. #}

{# The rows of customers whose objects are new or changed; in a whole build, all rows. `key` is the column that holds the
   subscription (`subscription_id`) or the customer (any other name). #}
{% macro changed(relation, key='customer_id') -%}
    {%- set keys = {'customer_id': ref('int_changed_customers'), 'subscription_id': ref('int_changed_subscriptions')} -%}
    {{ narrowed(relation, key, keys) }}
{%- endmacro %}

{# The rows of customers for whom anything may come out otherwise; in a whole build, all rows. #}
{% macro touched(relation, key='customer_id') -%}
    {%- set keys = {'customer_id': ref('int_touched_customers'), 'subscription_id': ref('int_touched_subscriptions')} -%}
    {{ narrowed(relation, key, keys) }}
{%- endmacro %}

{# The rows of touched customers, and those of the months and currencies in which something changed for all customers: a rate,
   or whether the month is closed. `later` months on, where a month is read from a later one. #}
{% macro touched_months(relation, later=0) -%}
    {%- set customers, months = ref('int_touched_customers'), ref('int_changed_months') -%}
    {%- if is_incremental_build() -%}
        (
            select * from {{ relation }}
            where
                customer_id in (select customer_id from {{ customers }})
                or ({{ add_months('month', later) if later else 'month' }}, currency) in (select month, currency from {{ months }})
        )
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# As above, with all months of a currency in which one changed: for what is reckoned along a customer's months. #}
{% macro touched_currencies(relation) -%}
    {%- set customers, months = ref('int_touched_customers'), ref('int_changed_months') -%}
    {%- if is_incremental_build() -%}
        (
            select * from {{ relation }}
            where
                customer_id in (select customer_id from {{ customers }})
                or currency in (select currency from {{ months }})
        )
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# Both tables of keys are referred to whichever is read here, since the strategy may write by the other one. #}
{% macro narrowed(relation, key, keys) -%}
    {%- if is_incremental_build() -%}
        (select * from {{ relation }} where {{ key }} in (select {{ key_name(key) }} from {{ keys[key_name(key)] }}))
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{% macro key_name(key) -%}
    {{ return('subscription_id' if key == 'subscription_id' else 'customer_id') }}
{%- endmacro %}

{% macro get_incremental_changed_sql(arguments) -%}
    {{ replace_rows(arguments, 'changed') }}
{%- endmacro %}

{% macro get_incremental_touched_sql(arguments) -%}
    {{ replace_rows(arguments, 'touched') }}
{%- endmacro %}

{% macro get_incremental_touched_months_sql(arguments) -%}
    {{ replace_rows(arguments, 'touched_months') }}
{%- endmacro %}

{% macro replace_rows(arguments, strategy) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set rebuilt = rebuilt_rows(strategy, arguments.unique_key) -%}
    delete from {{ arguments.target_relation }} where {{ rebuilt }};
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }} where {{ rebuilt }}
{%- endmacro %}

{# SQL: whether a row of a model is rebuilt by an incremental build, by the model's strategy and key. #}
{% macro rebuilt_rows(strategy, key) -%}
    {%- set name = key_name(key) -%}
    {%- set keys = "builds.int_" ~ ('changed_' if strategy == 'changed' else 'touched_') ~ name | replace('_id', 's') -%}
    {{ key }} in (select {{ name }} from {{ keys }})
    {%- if strategy == 'touched_months' %} or (month, currency) in (select month, currency from builds.int_changed_months) {%- endif -%}
{%- endmacro %}

{# What a test of a key or of one column looks at: in an incremental build, the rows that it rebuilt. The others were tested by
   the build that wrote them. Tests that compare tables, warnings, and `dbt test` look at all rows. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = [] -%}
    {%- if config.get('where') -%} {%- do where.append(config.get('where')) -%} {%- endif -%}
    {%- set is_of_rows = model.test_metadata and model.test_metadata.name in
        ['unique', 'not_null', 'accepted_values', 'unique_combination'] -%}
    {%- if flags.WHICH == 'build' and is_of_rows and config.get('severity') | lower == 'error' and is_incremental_build() -%}
        {%- for node in graph.nodes.values() if node.relation_name == relation | string -%}
            {%- if node.config.incremental_strategy in ['changed', 'touched', 'touched_months'] -%}
                {%- do where.append(rebuilt_rows(node.config.incremental_strategy, node.config.unique_key)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where ({{ where | join(') and (') }})) as tested
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# dbt asks this of every incremental model. Ours are rebuilt with the whole build and not otherwise; a model that says
   `full_refresh` itself (the closed months) keeps its word. #}
{% macro should_full_refresh() -%}
    {%- set said = config.get('full_refresh') -%}
    {%- if said is not none -%} {{ return(said) }} {%- endif -%}
    {%- if config.get('materialized') == 'incremental' -%} {{ return(not is_incremental_build()) }} {%- endif -%}
    {{ return(flags.FULL_REFRESH) }}
{%- endmacro %}
