{# Closing months (DECISIONS.md, "Closing"): what the models of the closing share. #}

{# The rows that the last run left in a table further downstream, as a table expression; none before the first run.
   For append-only tables whose past decides what their own upstream does: a `ref` would be a cycle.
   `columns` maps names to types. #}
{% macro left_by_last_run(schema_name, table, columns) -%}
    {%- set relation = adapter.get_relation(target.database, schema_name, table) if execute else none -%}
    {%- if relation is none -%}
        (
            select
                {% for name, type in columns.items() -%}
                cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
                {% endfor -%}
            where false
        )
    {%- else -%}
        (select {{ columns | join(', ') }} from {{ relation }})
    {%- endif -%}
{%- endmacro %}

{# What the figures depend on besides the objects, as `rules.policies`: the number of the revenue rules, and a hash of the
   policy switches that they read and of the zone whose midnights end months. #}
{% macro rule_version() -%}
    {%- set switches = [] -%}
    {%- for name in revenue_policies() -%}
        {%- do switches.append(name ~ '=' ~ var(name)) -%}
    {%- endfor -%}
    {%- do switches.append('timezone=' ~ reporting_timezone()) -%}
    {{ return(var('revenue_rules_version') ~ '.' ~ local_md5(switches | join(';'))[:8]) }}
{%- endmacro %}

{# The vars that change MRR. A unit test keeps this list complete. #}
{% macro revenue_policies() -%}
    {{ return([
        'month_days', 'month_week_days', 'past_due_grace_days', 'once_coupons_reduce_mrr', 'trials_count_in_mrr',
        'usage_counts_in_mrr', 'churn_date',
    ]) }}
{%- endmacro %}

{# The month up to which `make close` was asked to close, a date; NULL where nobody asked. #}
{% macro close_requested() -%}
    {%- set month = setting('REVFUNNEL_CLOSE_THROUGH', '') -%}
    {%- if month -%} cast('{{ month }}-01' as date) {%- else -%} cast(null as date) {%- endif -%}
{%- endmacro %}

{# What the figures of a set of closed rows come to, as one number: any row that is changed, moved to another customer, added
   or removed gives another one. Reads mrr_close joined with `weights` (customer_id, currency, weight). Weighted sums,
   because hashing every row of a large account at every run would cost more than closing it. #}
{% macro closed_figures() -%}
    sum(
        weights.weight
        * cast(1 + 31 * mrr_close.mrr + 7 * coalesce(mrr_close.mrr_reporting, 0) + mrr_close.list_mrr as {{ money_type() }})
    )
{%- endmacro %}
