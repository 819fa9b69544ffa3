with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

outcomes as (
    select * from {{ ref('int_deal_outcomes') }}
),

close_dates as (
    select * from {{ ref('int_deal_close_dates') }}
),

amounts as (
    select * from {{ ref('int_deal_amounts') }}
),

activity as (
    select * from {{ ref('int_deal_activity') }}
),

deal_companies as (
    select * from {{ ref('int_deal_companies') }}
),

company_sources as (
    select * from {{ ref('int_company_sources') }}
),

final as (
    select
        deals.deal_id,
        deals.deal_name,
        deals.deal_type,
        deal_companies.company_id,
        deals.owner_id,
        outcomes.pipeline_id,
        outcomes.pipeline_label,
        outcomes.stage_id,
        outcomes.stage_label,
        outcomes.probability,
        outcomes.outcome,
        deals.amount,
        amounts.amount_home,
        amounts.acv_home,
        amounts.amount_missing_reason,
        deals.currency,
        coalesce(deals.analytics_source, company_sources.analytics_source) as source,
        deals.created_at,
        outcomes.stage_entered_at,
        outcomes.closed_at,
        cast({{ local_time('outcomes.closed_at') }} as date) as closed_on,
        outcomes.is_close_date_in_future,
        cast({{ local_time('outcomes.expected_close_at') }} as date) as expected_close_on,
        cast({{ local_time('close_dates.first_close_at') }} as date) as first_expected_close_on,
        close_dates.times_pushed,
        outcomes.times_reopened,
        outcomes.cycle_days,
        activity.last_activity_at,
        activity.last_activity_source,
        activity.last_activity_missing_reason,
        activity.next_activity_at
    from deals
    inner join outcomes on deals.deal_id = outcomes.deal_id
    inner join close_dates on deals.deal_id = close_dates.deal_id
    inner join amounts on deals.deal_id = amounts.deal_id
    inner join activity on deals.deal_id = activity.deal_id
    left join deal_companies on deals.deal_id = deal_companies.deal_id
    left join company_sources on deal_companies.company_id = company_sources.company_id
)

select * from final
