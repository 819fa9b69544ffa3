with campaigns as (
    select
        *,
        coalesce(starts_on, cast({{ local_time('created_at') }} as date)) as first_day
    from {{ ref('stg_hubspot__campaigns') }}
    where not is_archived and coalesce(created_at <= {{ as_of() }}, true)
),

items as (
    select * from {{ ref('stg_hubspot__campaign_spend_items') }}
    where amount is not null
),

campaigns_with_items as (
    select distinct campaign_id from items
),

-- HubSpot dates an item by when it was entered: that month is its own, kept within the campaign's days.
item_spend as (
    select
        campaigns.campaign_id,
        campaigns.currency,
        items.amount,
        greatest(
            least(
                coalesce(cast({{ local_time('items.entered_at') }} as date), campaigns.first_day),
                coalesce(campaigns.ends_on, cast({{ local_time(as_of()) }} as date))
            ),
            campaigns.first_day
        ) as spent_on
    from campaigns
    inner join items on campaigns.campaign_id = items.campaign_id
    where coalesce(items.entered_at <= {{ as_of() }}, true)
),

-- Where the items are not readable their sum may be: undated, so at the campaign's start.
sums as (
    select
        campaigns.campaign_id,
        campaigns.currency,
        campaigns.spend_total as amount,
        campaigns.first_day as spent_on
    from campaigns
    left join campaigns_with_items on campaigns.campaign_id = campaigns_with_items.campaign_id
    where campaigns_with_items.campaign_id is null and campaigns.spend_total > 0
),

all_spend as (
    select * from item_spend
    union all
    select * from sums
),

final as (
    select
        campaign_id,
        cast(date_trunc('month', spent_on) as date) as month,
        coalesce(currency, '{{ reporting_currency() }}') as currency,
        cast(sum(amount) as decimal(18, 4)) as amount
    from all_spend
    where spent_on <= cast({{ local_time(as_of()) }} as date)
    group by 1, 2, 3
)

select * from final
