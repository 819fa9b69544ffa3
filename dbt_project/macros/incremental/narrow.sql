{# How a model of an incremental build reads and writes the rows of some customers only. A model that takes part says
       config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id')
   and reads `touched(ref(...), key)`; its SQL is otherwise that of a whole table, and must give a customer's rows from that
   customer's rows alone, and from shared tables. Its old rows of the touched customers go, the new ones come. The other
   strategies: `changed` for what depends on the objects only, not on the time, prices, coupons or exchange rates;
   `touched_months` for amounts in the reporting currency, `regrouped_months` for those beside a customer's segment or source,
   `touched_years` for those that are compared with a year ago, over all currencies; `rescored` for the health of customers at
   month ends; `objects` for staging, by what was landed, `dated_objects` for what counts from its own date on. #}

{# The rows of customers whose objects are new or changed; in a whole build, all rows. `key` is the column that holds the
   subscription (`subscription_id`) or the customer (any other name). #}
{% macro changed(relation, key='customer_id') -%}
    {%- set keys = {'customer_id': ref('int_changed_customers'), 'subscription_id': ref('int_changed_subscriptions')} -%}
    {{ narrowed(relation, key, keys[key_name(key)]) }}
{%- endmacro %}

{# The rows of customers for whom anything may come out otherwise; in a whole build, all rows. #}
{% macro touched(relation, key='customer_id') -%}
    {#- both are referred to whichever is read here, since the strategy may write by the other one -#}
    {%- set keys = {'customer_id': ref('int_touched_customers'), 'subscription_id': ref('int_touched_subscriptions')} -%}
    {{ narrowed(relation, key, keys[key_name(key)]) }}
{%- endmacro %}

{# The rows of touched customers, and those of the months and currencies in which something changed for all customers: a rate,
   or whether the month is closed. `later` says how many months later a row is read: 12 for what is compared with a year ago. #}
{% macro touched_months(relation, later=[0]) -%}
    {{ narrowed(relation, 'customer_id', ref('int_touched_customers'), ref('int_changed_months'), later) }}
{%- endmacro %}

{# The same for what holds the segment or source of a customer, which may change without them. #}
{% macro regrouped_months(relation) -%}
    {{ narrowed(relation, 'customer_id', ref('int_regrouped_customers'), ref('int_changed_months'), [0]) }}
{%- endmacro %}

{# The same for what is added up by account; `key` is `account_id`, or `customer_id` for the customers of the account. Without
   `later`, no more than the touched accounts. #}
{% macro touched_accounts(relation, key='account_id', later=[]) -%}
    {{ narrowed(relation, key, ref('int_touched_accounts'), ref('int_changed_months'), later) }}
{%- endmacro %}

{# The rows of customers of touched accounts, and those from which a month in which something changed for all customers, or
   one that is compared with it a year later, is reckoned: it, the month before, and a year before. #}
{% macro touched_years(relation) -%}
    {%- if is_incremental_build() -%}
        (
            select * from {{ relation }}
            where
                customer_id in (select customer_id from {{ ref('int_touched_accounts') }})
                {%- for number in [0, 1, 12, -12, -11] %}
                or {{ add_months('month', number) }} in (select month from {{ ref('int_changed_months') }})
                {%- endfor %}
        )
    {%- else -%}
        {#- both are referred to in every build, for the order of models -#}
        {%- set depends_on = [ref('int_touched_accounts'), ref('int_changed_months')] -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# The rows of customers who are scored anew in every month, and those of the months that are scored anew for everybody. #}
{% macro rescored(relation) -%}
    {%- set condition = is_rescored() ~ ' or ' ~ is_rescored_month() -%}
    {%- if is_incremental_build() -%} (select * from {{ relation }} where {{ condition }}) {%- else -%} {{ relation }} {%- endif -%}
{%- endmacro %}

{# SQL: whether a customer is scored anew in every month. #}
{% macro is_rescored(customer='customer_id') -%}
    {%- set customers = ref('int_rescored_customers') -%}
    {%- if is_incremental_build() -%} {{ customer }} in (select customer_id from {{ customers }}) {%- else -%} true {%- endif -%}
{%- endmacro %}

{# SQL: whether a month is scored anew for everybody. #}
{% macro is_rescored_month(month='month') -%}
    {%- set months = ref('int_rescored_months') -%}
    {%- if is_incremental_build() -%} {{ month }} in (select month from {{ months }}) {%- else -%} true {%- endif -%}
{%- endmacro %}

{% macro narrowed(relation, key, keys, months=none, later=[]) -%}
    {%- if is_incremental_build() -%}
        (
            select * from {{ relation }}
            where
                {{ key }} in (select {{ key_name(key) }} from {{ keys }})
                {%- for number in later %}
                or ({{ add_months('month', number) if number else 'month' }}, currency) in (select month, currency from {{ months }})
                {%- endfor %}
        )
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{% macro key_name(key) -%}
    {{ return(key if key in ['subscription_id', 'account_id'] else 'customer_id') }}
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

{% macro get_incremental_touched_years_sql(arguments) -%}
    {{ replace_rows(arguments, 'touched_years') }}
{%- endmacro %}

{% macro get_incremental_regrouped_months_sql(arguments) -%}
    {{ replace_rows(arguments, 'regrouped_months') }}
{%- endmacro %}

{% macro get_incremental_rescored_sql(arguments) -%}
    {{ replace_rows(arguments, 'rescored') }}
{%- endmacro %}

{% macro get_incremental_objects_sql(arguments) -%}
    {{ replace_rows(arguments, 'objects') }}
{%- endmacro %}

{% macro get_incremental_dated_objects_sql(arguments) -%}
    {{ replace_rows(arguments, 'dated_objects') }}
{%- endmacro %}

{# SQL: whether a raw object was dated later than the last complete build looked (a vendor's clock may be ahead of ours) and no
   later than this one does. #}
{% macro dated_since_last_build() -%}
    ({{ passed_since_last_build(['created_at'], days_later=[0]) }})
{%- endmacro %}

{% macro replace_rows(arguments, strategy) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set rebuilt = rebuilt_rows(strategy, arguments.unique_key, model) -%}
    delete from {{ arguments.target_relation }} where {{ rebuilt }};
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }} where {{ rebuilt }}
{%- endmacro %}

{# SQL: whether a row of a model (as a node of dbt's graph) is rebuilt by an incremental build. #}
{% macro rebuilt_rows(strategy, key, node) -%}
    {%- if strategy in ['objects', 'dated_objects'] -%}
        {%- set stream = node.sources[0] | join('.') -%}
        {{ key }} in (
            select id from {{ stream }}
            where
                extracted_at > ({{ watermark(stream) }})
                {% if strategy == 'dated_objects' -%} or {{ dated_since_last_build() }} {%- endif %}
        )
    {%- elif strategy == 'rescored' -%}
        {{ key }} in (select customer_id from builds.int_rescored_customers)
        or month in (select month from builds.int_rescored_months)
    {%- elif strategy == 'touched_years' -%}
        {{ key }} in (select {{ key_name(key) }} from builds.int_touched_accounts)
        or month in (select month from builds.int_changed_months)
        or {{ add_months('month', -12) }} in (select month from builds.int_changed_months)
    {%- else -%}
        {%- set name = key_name(key) -%}
        {%- set who = {'changed': 'changed', 'regrouped_months': 'regrouped'}.get(strategy, 'touched') -%}
        {%- set keys = "builds.int_" ~ who ~ '_' ~ name | replace('_id', 's') -%}
        {{ key }} in (select {{ name }} from {{ keys }})
        {%- if strategy in ['touched_months', 'regrouped_months'] %}
        or (month, currency) in (select month, currency from builds.int_changed_months)
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# What a test of a key or of one column looks at: in an incremental build, the rows that it rebuilt. The others were tested by
   the build that wrote them. Warnings and `dbt test` look at all rows; tests that compare tables say what they look at. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = [] -%}
    {%- if config.get('where') -%} {%- do where.append(config.get('where')) -%} {%- endif -%}
    {%- set is_of_rows = model.test_metadata and model.test_metadata.name in
        ['unique', 'not_null', 'accepted_values', 'unique_combination'] -%}
    {%- if flags.WHICH == 'build' and is_of_rows and config.get('severity') | lower == 'error' and is_incremental_build() -%}
        {%- set node = graph.nodes.get(model.attached_node) -%}
        {%- if node and is_unchanged(node.unique_id) -%} {%- do where.append('false') -%} {%- endif -%}
        {%- set narrowing = ['changed', 'touched', 'touched_months', 'regrouped_months', 'touched_years', 'rescored', 'objects',
            'dated_objects'] -%}
        {%- if node and node.config.incremental_strategy in narrowing -%}
            {%- do where.append(rebuilt_rows(node.config.incremental_strategy, node.config.unique_key, node)) -%}
        {%- endif -%}
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
