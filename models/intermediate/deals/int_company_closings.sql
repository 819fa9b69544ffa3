{#- Days before the close within which Stripe may have begun to bill. -#}
{%- set lead_days = var('billed_arr_lead_days') -%}
{%- set may_have_begun = add_days('cast(first_closed_on as timestamp)', '-' ~ lead_days) -%}

with won_deals as (
    select
        *,
        cast(date_trunc('month', closed_on) as date) as close_month
    from {{ ref('fct_deals') }}
    where outcome = 'won' and closed_on is not null and company_id is not null
),

closings as (
    select
        company_id,
        close_month,
        min(closed_on) as first_closed_on,
        max(closed_on) as last_closed_on,
        sum(acv_home) as acv_home,
        lag(close_month) over (partition by company_id order by close_month nulls last) as previous_close_month,
        lead(close_month) over (partition by company_id order by close_month nulls last) as next_close_month
    from won_deals
    group by company_id, close_month
),

-- What was billed by the end of the month of an earlier deal is not of this one.
final as (
    select
        company_id,
        close_month,
        last_closed_on,
        acv_home,
        {{ add_months('close_month', -1) }} as month_before,
        greatest(
            {{ add_months("cast(date_trunc('month', " ~ may_have_begun ~ ') as date)', -1) }},
            coalesce(previous_close_month, date '1970-01-01')
        ) as unbilled_month,
        next_close_month
    from closings
)

select * from final
