{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with spans as (
    select * from {{ touched(ref('int_contract_spans'), 'subscription_id') }}
    where is_counting
),

span_cycles as (
    select
        subscription_item_id,
        valid_from,
        sum(window_seconds) as covered_seconds,
        sum(contract_minor) as contract_minor,
        sum(free_minor) as free_minor,
        sum(unprorated_minor) as unprorated_minor
    from {{ touched(ref('int_contract_cycles'), 'subscription_id') }}
    group by subscription_item_id, valid_from
),

-- time that no bill covers, in months of equal length
covered as (
    select
        spans.subscription_id,
        spans.minor_units,
        coalesce(span_cycles.contract_minor, 0) as covered_minor,
        coalesce(span_cycles.free_minor, 0) as free_minor,
        coalesce(span_cycles.unprorated_minor, 0) as unprorated_minor,
        {{ divide_exact(
            'spans.mrr * spans.minor_units * 12 * ('
            ~ shared_seconds('spans.valid_from', 'spans.valid_to', reconciliation_starts_at(), reconciliation_ends_at())
            ~ ' - coalesce(span_cycles.covered_seconds, 0))',
            policy_number('month_days', whole=false) ~ ' * 86400'
        ) }} as unbilled_minor
    from spans
    left join span_cycles
        on
            spans.subscription_item_id = span_cycles.subscription_item_id
            and spans.valid_from = span_cycles.valid_from
)

select
    subscription_id,
    max(minor_units) as minor_units,
    cast(sum(covered_minor + unbilled_minor) as {{ money_type() }}) as contract_minor,
    cast(sum(free_minor) as {{ money_type() }}) as free_minor,
    cast(sum(unprorated_minor) as {{ money_type() }}) as unprorated_minor,
    cast(sum(unbilled_minor) as {{ money_type() }}) as unbilled_minor
from covered
group by subscription_id
