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
    {{ narrowed(relation, 'changed', key, keys[key_name(key)]) }}
{%- endmacro %}

{# The rows of customers for whom anything may come out otherwise; in a whole build, all rows. #}
{% macro touched(relation, key='customer_id') -%}
    {#- both are referred to whichever is read here, since the strategy may write by the other one -#}
    {%- set keys = {'customer_id': ref('int_touched_customers'), 'subscription_id': ref('int_touched_subscriptions')} -%}
    {{ narrowed(relation, 'touched', key, keys[key_name(key)]) }}
{%- endmacro %}

{# The rows of touched customers, and those of the months and currencies in which something changed for all customers: a rate,
   or whether the month is closed. `later` says how many months later a row is read: 12 for what is compared with a year ago. #}
{% macro touched_months(relation, later=[0]) -%}
    {{ narrowed(relation, 'touched', 'customer_id', ref('int_touched_customers'), ref('int_changed_months'), later) }}
{%- endmacro %}

{# The same for what holds the segment or source of a customer, which may change without them. #}
{% macro regrouped_months(relation) -%}
    {{ narrowed(relation, 'regrouped', 'customer_id', ref('int_regrouped_customers'), ref('int_changed_months'), [0]) }}
{%- endmacro %}

{# The same for what is added up by account; `key` is `account_id`, or `customer_id` for the customers of the account. Without
   `later`, no more than the touched accounts. #}
{% macro touched_accounts(relation, key='account_id', later=[]) -%}
    {%- set who = 'touched' if key == 'account_id' else 'accounts' -%}
    {{ narrowed(relation, who, key, ref('int_touched_accounts'), ref('int_changed_months'), later) }}
{%- endmacro %}

{# The rows of customers of touched accounts, and those from which a month in which something changed for all customers, or
   one that is compared with it a year later, is reckoned: it, the month before, and a year before. #}
{% macro touched_years(relation) -%}
    {%- set accounts = ref('int_touched_accounts') -%}
    {%- set months = months_of(ref('int_changed_months'), [0, 1, 12, -12, -11]) -%}
    {{ in_two_parts(relation, 'customer_id', accounts, "month in " ~ months) if months else relation }}
{%- endmacro %}

{# The rows of customers who are scored anew in every month, and those of the months that are scored anew for everybody. #}
{% macro rescored(relation) -%}
    {%- set customers = ref('int_rescored_customers') -%}
    {%- set months = months_of(ref('int_rescored_months')) -%}
    {%- if not months -%} {{ relation }}
    {%- else -%} {{ delta_of(relation, 'rescored', 'customer_id') or in_two_parts(relation, 'customer_id', customers, "month in " ~ months) }}
    {%- endif -%}
{%- endmacro %}

{# SQL: whether a customer may come out otherwise in every month; whether something changed in a month for all customers of a
   currency; whether a customer is scored anew in every month; whether a month is scored anew for everybody. #}
{% macro is_touched(customer='customer_id') -%} {{ is_among(customer, 'customer_id', ref('int_touched_customers')) }} {%- endmacro %}
{% macro is_changed_month(month='month') -%} {{ is_among(month, 'month', ref('int_changed_months')) }} {%- endmacro %}
{% macro is_rescored(customer='customer_id') -%} {{ is_among(customer, 'customer_id', ref('int_rescored_customers')) }} {%- endmacro %}
{% macro is_rescored_month(month='month') -%} {{ is_among(month, 'month', ref('int_rescored_months')) }} {%- endmacro %}

{% macro is_among(column, key, keys) -%}
    {% if is_incremental_build() -%} {{ column }} in (select {{ key }} from {{ keys }}) {%- else -%} true {%- endif -%}
{%- endmacro %}

{# `who` is which customers: changed, touched, regrouped. Their rows may lie in memory already: those alone, or with those of the
   months in which something changed for all. #}
{% macro narrowed(relation, who, key, keys, months=none, later=[]) -%}
    {%- set alone = delta_of(relation, who, key) -%}
    {%- set with_months = delta_of(relation, who ~ '_months', key) -%}
    {%- if not is_incremental_build() -%}
        {{ relation }}
    {%- elif not later -%}
        {{ alone or rows_of(with_months or relation, key, keys) }}
    {%- elif later == [0] and with_months -%}
        {{ with_months }}
    {%- else -%}
        {%- set of_months = [] -%}
        {%- for number in later -%}
            {%- set month = add_months('month', -number) if number else 'month' -%}
            {%- do of_months.append("(month, currency) in (select " ~ month ~ ", currency from " ~ months ~ ")") -%}
        {%- endfor -%}
        {%- set condition = "month in " ~ months_of(months, later) ~ " and (" ~ of_months | join(' or ') ~ ")" -%}
        {%- if relation is string -%}
        {#- a CTE would be reckoned once for each part -#}
        (select * from {{ relation }} where {{ key }} in (select {{ key_name(key) }} from {{ keys }}) or ({{ condition }}))
        {%- else -%}
        {{ in_two_parts(relation, key, keys, condition, alone) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro rows_of(relation, key, keys) -%}
    (select * from {{ relation }} where {{ key }} in (select {{ key_name(key) }} from {{ keys }}))
{%- endmacro %}

{# The rows of some customers, and of all others those that meet a condition. Both parts can pass over most of the table; with
   one `or` between the two conditions, each row would have to be looked at. #}
{% macro in_two_parts(relation, key, keys, condition, known_rows='') -%}
    (
        select * from {{ known_rows or rows_of(relation, key, keys) }}
        union all
        select * from {{ relation }}
        where {{ condition }} and coalesce({{ key }} not in (select {{ key_name(key) }} from {{ keys }}), true)
    )
{%- endmacro %}

{# The months of a table of them as SQL, those numbers of months before them; none but in an incremental build. #}
{% macro months_of(relation, numbers=[0]) -%}
    {%- if not is_incremental_build() -%} {{ return('') }} {%- endif -%}
    {%- set known = graph.setdefault('months', {}) -%}
    {%- set asked = relation.identifier ~ numbers | string -%}
    {%- if asked not in known -%}
        {%- set months = [] -%}
        {%- for number in numbers -%}
            {%- set month = add_months('month', -number) if number else 'month' -%}
            {%- do months.extend(run_query("select cast(" ~ month ~ " as varchar) from " ~ relation).columns[0].values()) -%}
        {%- endfor -%}
        {%- do known.update({asked: "('" ~ (months or ['0001-01-01']) | unique | sort | join("', '") ~ "')"}) -%}
    {%- endif -%}
    {{ return(known[asked]) }}
{%- endmacro %}

{% macro key_name(key) -%}
    {{ return(key if key in ['subscription_id', 'account_id'] else 'customer_id') }}
{%- endmacro %}

{# SQL: whether a raw object was dated later than the last complete build looked (a vendor's clock may be ahead of ours) and no
   later than this one does. #}
{% macro dated_since_last_build() -%}
    ({{ passed_since_last_build(['created_at'], days_later=[0]) }})
{%- endmacro %}

{# SQL: whether a row of a model (as a node of dbt's graph) is rebuilt by an incremental build. #}
{% macro rebuilt_rows(strategy, key, node) -%}
    {%- if strategy in ['objects', 'dated_objects'] -%}
        {%- set stream = node.config.meta.get('stream') or node.sources[0] | join('.') -%}
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
        or month in (select {{ add_months('month', 12) }} from builds.int_changed_months)
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
        {%- if model.attached_node and is_unchanged(model.attached_node) -%} {%- do where.append('false') -%} {%- endif -%}
        {%- set tested = delta_of(relation) or relation -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ tested or relation }} where ({{ where | join(') and (') }})) as tested
    {%- else -%}
        {{ tested or relation }}
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
