{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with lines as (
    select * from {{ touched(ref('int_recurring_lines'), 'subscription_id') }}
    where period_started_at <= {{ as_of() }} and period_ended_at > {{ as_of() }}
),

price_periods as (
    select * from {{ ref('int_price_periods') }}
    where is_recurring and not is_metered
),

cycles as (
    select
        subscription_id,
        month_numerator,
        month_denominator,
        ended_at,
        max(cycle_seconds) as cycle_seconds
    from {{ touched(ref('int_billing_cycles'), 'subscription_id') }}
    group by subscription_id, month_numerator, month_denominator, ended_at
),

bills as (
    select * from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
),

-- a draft that is days old is one that Stripe does not collect; a bill voided at birth is a paused subscription's
judged as (
    select
        lines.*,
        price_periods.month_numerator,
        price_periods.month_denominator,
        coalesce(cycles.cycle_seconds, lines.period_seconds) as cycle_seconds,
        coalesce(bills.is_trial, false) as is_free,
        lines.bill_status = 'draft' and lines.billed_at <= {{ add_days(as_of(), -3) }} as is_stale_draft
    from lines
    inner join price_periods
        on
            lines.price_id = price_periods.price_id
            and lines.currency = price_periods.currency
    left join cycles
        on
            lines.subscription_id = cycles.subscription_id
            and price_periods.month_numerator = cycles.month_numerator
            and price_periods.month_denominator = cycles.month_denominator
            and lines.period_ended_at = cycles.ended_at
    left join bills
        on
            lines.invoice_id = bills.invoice_id
            and lines.subscription_id = bills.subscription_id
),

-- every line as if it covered a whole cycle: the credit of a change undoes the regular line, its charge takes the place
valued as (
    select
        *,
        {{ divide_exact(
            divide_exact('(net_minor + once_minor) * cycle_seconds', 'period_seconds') ~ ' * month_numerator', 'month_denominator'
        ) }} as mrr,
        {{ divide_exact('1.5 * cycle_seconds * month_numerator', 'period_seconds * month_denominator') }} as rounding,
        case when is_stale_draft or is_never_due then 0 else 1 end as counting
    from judged
)

-- multiplied, since within a `case` DuckDB reckons anew what a division names twice
select
    subscription_id,
    max(case when not is_proration then period_started_at end) as last_billed_at,
    bool_or(is_stale_draft) as has_stale_draft,
    bool_or(is_free) as is_free,
    cast(sum(mrr * counting) as {{ money_type() }}) as mrr,
    cast(sum(rounding * counting) as {{ money_type() }}) as rounding
from valued
group by subscription_id
