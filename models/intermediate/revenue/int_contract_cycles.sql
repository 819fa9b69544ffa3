{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with spans as (
    select * from {{ touched(ref('int_contract_spans'), 'subscription_id') }}
    where is_counting
),

cycles as (
    select * from {{ touched(ref('int_billing_cycles'), 'subscription_id') }}
),

prorations as (
    select distinct
        subscription_item_id,
        period_started_at
    from {{ touched(ref('int_recurring_lines'), 'subscription_id') }}
    where is_proration
),

-- billed over nothing although it has a price: given away
free_periods as (
    select distinct
        subscription_id,
        period_started_at
    from {{ touched(ref('int_subscription_bills'), 'subscription_id') }}
    where is_trial
),

met as (
    select
        spans.subscription_id,
        spans.subscription_item_id,
        spans.valid_from,
        cycles.started_at,
        cycles.cycle_seconds,
        {{ shared_seconds(
            'greatest(spans.valid_from, ' ~ reconciliation_starts_at() ~ ')',
            'least(spans.valid_to, ' ~ reconciliation_ends_at() ~ ')',
            'cycles.started_at', 'cycles.counts_until'
        ) }} as window_seconds,
        spans.cycle_minor,
        case
            when spans.valid_from <= cycles.started_at or prorations.period_started_at is not null then 0
            else spans.change_minor
        end as unprorated_minor,
        free_periods.period_started_at is not null as is_free
    from spans
    inner join cycles
        on
            spans.subscription_id = cycles.subscription_id
            and spans.month_numerator = cycles.month_numerator
            and spans.month_denominator = cycles.month_denominator
            and spans.valid_from < cycles.counts_until
            and spans.valid_to > cycles.started_at
    left join prorations
        on
            spans.subscription_item_id = prorations.subscription_item_id
            and spans.valid_from = prorations.period_started_at
    left join free_periods
        on
            spans.subscription_id = free_periods.subscription_id
            and cycles.started_at = free_periods.period_started_at
),

-- what changed within the period without a bill of its own is missing from the bills until the next one
carried as (
    select
        *,
        sum(unprorated_minor) over (
            partition by subscription_item_id, started_at, cycle_seconds
            order by valid_from nulls last rows between unbounded preceding and current row
        ) as missing_minor
    from met
)

select
    subscription_id,
    subscription_item_id,
    valid_from,
    started_at,
    window_seconds,
    cast({{ divide_exact('cycle_minor * window_seconds', 'cycle_seconds') }} as {{ money_type() }}) as contract_minor,
    case when is_free then {{ divide_exact('cycle_minor * window_seconds', 'cycle_seconds') }} else 0 end as free_minor,
    case
        when is_free or missing_minor = 0 then 0
        else {{ divide_exact('missing_minor * window_seconds', 'cycle_seconds') }}
    end as unprorated_minor
from carried
where window_seconds > 0
