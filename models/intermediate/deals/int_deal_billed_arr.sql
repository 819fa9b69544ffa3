{#- Days after the close within which Stripe is looked at. -#}
{%- set window = var('billed_arr_window_days') -%}
{%- set today = 'cast(' ~ local_time(as_of()) ~ ' as date)' -%}

with won_deals as (
    select
        *,
        cast(date_trunc('month', closed_on) as date) as close_month
    from {{ ref('fct_deals') }}
    where outcome = 'won' and closed_on is not null
),

-- All that a company bought in a month is billed together; the next month with a deal won has a figure of its own.
closings as (
    select * from {{ ref('int_company_closings') }}
),

company_customers as (
    select
        customer_id,
        hubspot_company_id as company_id
    from {{ ref('int_customer_accounts') }}
    where hubspot_company_id is not null
),

company_months as (
    select
        company_customers.company_id,
        mrr_monthly.month,
        sum(mrr_monthly.mrr_reporting) as mrr,
        count(case when mrr_monthly.mrr <> 0 and mrr_monthly.mrr_reporting is null then 1 end) as unconverted,
        least({{ add_months('mrr_monthly.month', 1) }}, {{ today }}) as known_on
    from {{ ref('mrr_monthly') }} as mrr_monthly
    inner join company_customers on mrr_monthly.customer_id = company_customers.customer_id
    group by company_customers.company_id, mrr_monthly.month
),

billed as (
    select
        closings.company_id,
        closings.close_month,
        closings.acv_home,
        closings.last_closed_on,
        max(case when company_months.month = closings.month_before then company_months.mrr end) as mrr_before,
        max(case when company_months.month = closings.unbilled_month then company_months.mrr end) as mrr_unbilled,
        max(case when company_months.month >= closings.close_month then company_months.mrr end) as mrr_after,
        coalesce(sum(company_months.unconverted), 0) as unconverted
    from closings
    left join company_months
        on
            closings.company_id = company_months.company_id
            and closings.unbilled_month <= company_months.month
            and (closings.next_close_month is null or closings.next_close_month > company_months.month)
            and (
                closings.close_month > company_months.month
                or {{ add_days('cast(closings.last_closed_on as timestamp)', window) }}
                >= cast(company_months.known_on as timestamp)
            )
    group by closings.company_id, closings.close_month, closings.acv_home, closings.last_closed_on
),

matched_companies as (
    select distinct company_id from company_customers
),

reasoned as (
    select
        won_deals.deal_id,
        won_deals.owner_id,
        won_deals.close_month,
        won_deals.acv_home,
        billed.acv_home as company_acv_home,
        12 * greatest(
            coalesce(billed.mrr_after, 0) - least(coalesce(billed.mrr_before, 0), coalesce(billed.mrr_unbilled, 0)), 0
        ) as company_billed_arr,
        case
            when won_deals.acv_home is null then 'deal without an amount in {{ reporting_currency() }}'
            when won_deals.acv_home <= 0 then 'deal of no worth'
            when won_deals.company_id is null then 'deal without a company'
            when matched_companies.company_id is null then 'company without a Stripe customer'
            when billed.unconverted > 0 then 'billed in a currency without an exchange rate'
            when {{ add_days('cast(billed.last_closed_on as timestamp)', window) }} > cast({{ today }} as timestamp)
                then 'won less than {{ window }} days ago'
        end as missing_reason
    from won_deals
    left join matched_companies on won_deals.company_id = matched_companies.company_id
    left join billed
        on won_deals.company_id = billed.company_id and won_deals.close_month = billed.close_month
),

final as (
    select
        deal_id,
        owner_id,
        close_month,
        acv_home as closed_arr,
        -- several deals share what was billed by their size
        cast(
            case
                when missing_reason is null
                    then company_billed_arr * {{ divide_exact('acv_home', 'company_acv_home') }}
            end as decimal(18, 4)
        ) as billed_arr,
        missing_reason
    from reasoned
)

select * from final
