with deals as (
    select * from {{ ref('int_deals') }}
),

segments as (
    select * from {{ ref('int_deal_segments') }}
),

final as (
    select
        deals.deal_id,
        deals.deal_name,
        deals.deal_type,
        deals.company_id,
        deals.owner_id,
        deals.pipeline_id,
        deals.pipeline_label,
        deals.stage_id,
        deals.stage_label,
        deals.probability,
        deals.outcome,
        deals.amount,
        deals.amount_home,
        deals.acv_home,
        deals.amount_missing_reason,
        deals.currency,
        segments.segment,
        deals.source,
        deals.created_at,
        deals.stage_entered_at,
        deals.closed_at,
        deals.closed_on,
        deals.is_close_date_in_future,
        deals.expected_close_on,
        deals.first_expected_close_on,
        deals.times_pushed,
        deals.times_reopened,
        deals.cycle_days,
        deals.last_activity_at,
        deals.last_activity_source,
        deals.last_activity_missing_reason,
        deals.next_activity_at
    from deals
    inner join segments on deals.deal_id = segments.deal_id
)

select * from final
