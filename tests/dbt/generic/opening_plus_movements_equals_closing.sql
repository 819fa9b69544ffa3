{#- Every account, month and currency of the model: what it had, plus what moved, is what it has. To the last decimal, in both
    currencies. In an incremental build, of the rows that it rebuilt: a month's opening is read from the month before. -#}
{% test opening_plus_movements_equals_closing(model, months, account) %}

{%- if account == 'account_id' -%}
    {%- set read = touched_accounts(months, later=[0, 1]) -%}
    {%- set held = touched_accounts('month_ends', later=[0]) -%}
    {%- set moved = touched_accounts(model, later=[0]) -%}
{%- else -%}
    {%- set read = touched_months(months, later=[0, 1]) -%}
    {%- set held = touched_months('month_ends') -%}
    {%- set moved = touched_months(model) -%}
{%- endif -%}

with month_ends as (
    select
        {{ account }},
        month,
        currency,
        mrr,
        mrr_reporting,
        coalesce(lag(mrr) over account_history, 0) as opening_mrr,
        coalesce(lag(mrr_reporting) over account_history, 0) as opening_mrr_reporting
    from {{ read }}
    window account_history as (partition by {{ account }}, currency order by month nulls last)
),

months as (
    select * from {{ held }}
),

movements as (
    select
        {{ account }},
        month,
        currency,
        sum(amount) as amount,
        sum(amount_reporting) as amount_reporting
    from {{ moved }}
    group by {{ account }}, month, currency
)

select
    coalesce(months.{{ account }}, movements.{{ account }}) as {{ account }},
    coalesce(months.month, movements.month) as month,
    coalesce(months.currency, movements.currency) as currency,
    months.opening_mrr,
    movements.amount,
    months.mrr,
    months.opening_mrr_reporting,
    movements.amount_reporting,
    months.mrr_reporting
from months
full outer join movements
    on
        months.{{ account }} = movements.{{ account }}
        and months.month = movements.month
        and months.currency = movements.currency
where
    months.{{ account }} is null
    or months.opening_mrr + coalesce(movements.amount, 0) <> months.mrr
    or months.opening_mrr_reporting + coalesce(movements.amount_reporting, 0) <> months.mrr_reporting

{% endtest %}
