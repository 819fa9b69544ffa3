with closed_deals as (
    select
        *,
        coalesce(owner_id, 'unknown') as known_owner_id,
        cast(date_trunc('month', closed_on) as date) as month
    from {{ ref('fct_deals') }}
    where outcome in ('won', 'lost') and closed_on is not null
),

billed_arr as (
    select * from {{ ref('int_deal_billed_arr') }}
),

totals as (
    select
        closed_deals.month,
        closed_deals.known_owner_id as owner_id,
        sum(case when closed_deals.outcome = 'won' then 1 else 0 end) as deals_won,
        sum(case when closed_deals.outcome = 'lost' then 1 else 0 end) as deals_lost,
        count(*) as deals_closed,
        sum(billed_arr.closed_arr) as closed_arr,
        count(billed_arr.closed_arr) as closed_arr_deals,
        count(billed_arr.billed_arr) as compared_deals,
        sum(case when billed_arr.missing_reason is null then billed_arr.closed_arr end) as compared_closed_arr,
        sum(billed_arr.billed_arr) as billed_arr,
        {{ joined_texts('billed_arr.missing_reason') }} as missing_reasons
    from closed_deals
    left join billed_arr on closed_deals.deal_id = billed_arr.deal_id
    group by closed_deals.month, closed_deals.known_owner_id
),

final as (
    select
        month,
        owner_id,
        cast(deals_won as bigint) as deals_won,
        cast(deals_lost as bigint) as deals_lost,
        {{ ratio('deals_won', 'deals_closed') }} as win_rate,
        {{ wilson_low('deals_won', 'deals_closed') }} as win_rate_low,
        {{ wilson_high('deals_won', 'deals_closed') }} as win_rate_high,
        cast(case when deals_won = 0 then 0 else closed_arr end as decimal(18, 4)) as closed_arr,
        cast(closed_arr_deals as bigint) as closed_arr_deals,
        cast(compared_deals as bigint) as compared_deals,
        cast(compared_closed_arr as decimal(18, 4)) as compared_closed_arr,
        cast(billed_arr as decimal(18, 4)) as billed_arr,
        cast(billed_arr - compared_closed_arr as decimal(18, 4)) as arr_difference,
        case when deals_won = 0 then 'no deal won' else missing_reasons end as arr_missing_reason
    from totals
)

select * from final
