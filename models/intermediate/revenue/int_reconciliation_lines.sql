{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with lines as (
    select
        *,
        {{ shared_seconds(
            'period_started_at', 'period_ended_at', reconciliation_starts_at(), reconciliation_ends_at()
        ) }} as window_seconds
    from {{ touched(ref('int_recurring_lines'), 'subscription_id') }}
    where period_started_at < {{ reconciliation_ends_at() }}
),

-- what was not collected is so until the same item is billed anew: a resumption in vain, then one that was paid
rebilled as (
    select
        uncollected.invoice_id,
        uncollected.line_id,
        min(lines.period_started_at) as rebilled_at
    from lines as uncollected
    inner join lines
        on
            uncollected.subscription_id = lines.subscription_id
            and uncollected.subscription_item_id = lines.subscription_item_id
            and uncollected.period_started_at <= lines.period_started_at
            and uncollected.period_ended_at > lines.period_started_at
    where
        uncollected.bill_status <> 'billed'
        and lines.bill_status = 'billed'
        and not lines.is_proration
    group by 1, 2
),

held as (
    select
        lines.*,
        coalesce(rebilled.rebilled_at, lines.period_ended_at) as held_until
    from lines
    left join rebilled
        on
            lines.invoice_id = rebilled.invoice_id
            and lines.line_id = rebilled.line_id
),

price_periods as (
    select * from {{ ref('int_price_periods') }}
    where is_recurring and not is_metered
),

spans as (
    select * from {{ touched(ref('int_contract_spans'), 'subscription_id') }}
),

met as (
    select
        lines.invoice_id,
        lines.line_id,
        case
            when spans.is_counting then 'counting'
            when spans.status = 'trial' then 'trial'
            when spans.status = 'ended' then 'ended'
            else 'paused'
        end as state,
        {{ shared_seconds(
            'greatest(spans.valid_from, ' ~ reconciliation_starts_at() ~ ')',
            'least(spans.valid_to, ' ~ reconciliation_ends_at() ~ ')',
            'lines.period_started_at', 'lines.held_until'
        ) }} as seconds
    from held as lines
    inner join price_periods
        on
            lines.price_id = price_periods.price_id
            and lines.currency = price_periods.currency
    inner join spans
        on
            lines.subscription_item_id = spans.subscription_item_id
            and price_periods.month_numerator = spans.month_numerator
            and price_periods.month_denominator = spans.month_denominator
            and lines.period_started_at < spans.valid_to
            and lines.held_until > spans.valid_from
),

states as (
    select
        invoice_id,
        line_id,
        sum(case when state = 'counting' then seconds else 0 end) as counting_seconds,
        sum(case when state = 'trial' then seconds else 0 end) as trial_seconds,
        sum(case when state = 'paused' then seconds else 0 end) as paused_seconds
    from met
    group by 1, 2
)

select
    lines.invoice_id,
    lines.line_id,
    lines.subscription_id,
    lines.bill_status,
    lines.period_seconds,
    lines.window_seconds,
    coalesce(states.counting_seconds, 0) as counting_seconds,
    coalesce(states.trial_seconds, 0) as trial_seconds,
    coalesce(states.paused_seconds, 0) as paused_seconds,
    lines.window_seconds - coalesce(states.counting_seconds + states.trial_seconds + states.paused_seconds, 0) as ended_seconds,
    lines.net_minor,
    lines.once_minor
from lines
left join states
    on
        lines.invoice_id = states.invoice_id
        and lines.line_id = states.line_id
where lines.window_seconds > 0
