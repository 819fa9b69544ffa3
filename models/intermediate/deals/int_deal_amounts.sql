{%- set reporting = "'" ~ reporting_currency() ~ "'" -%}

with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

outcomes as (
    select * from {{ ref('int_deal_outcomes') }}
),

home as (
    select * from {{ ref('int_crm_home_currency') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

rated_months as (
    select
        min(month) as first_month,
        max(month) as last_month
    from rates
),

-- A closed deal at the rate of its month, an open one at today's; before the first known month, at the first one's.
dated as (
    select
        deals.deal_id,
        deals.amount,
        deals.amount_in_home_currency,
        deals.acv,
        home.home_currency,
        coalesce(deals.currency, home.home_currency) as currency,
        greatest(
            least(
                {{ month_start('coalesce(outcomes.closed_at, ' ~ as_of() ~ ')') }}, rated_months.last_month
            ),
            rated_months.first_month
        ) as rate_month
    from deals
    inner join outcomes on deals.deal_id = outcomes.deal_id
    cross join home
    cross join rated_months
),

-- HubSpot's own conversion first, where it went into the reporting currency: it is what the sales team sees.
converted as (
    select
        dated.*,
        case
            when dated.currency = {{ reporting }} then cast(1 as {{ rate_type() }})
            when dated.home_currency = {{ reporting }} and dated.amount != 0 and dated.amount_in_home_currency is not null
                then {{ rate_ratio('dated.amount_in_home_currency', 'dated.amount') }}
            when own_rates.rate is not null then own_rates.rate
            when dated.amount != 0 and dated.amount_in_home_currency is not null
                then {{ rate_ratio('dated.amount_in_home_currency * home_rates.rate', 'dated.amount') }}
        end as rate,
        case
            when dated.currency = {{ reporting }} then dated.amount
            when dated.home_currency = {{ reporting }} and dated.amount_in_home_currency is not null
                then dated.amount_in_home_currency
            when own_rates.rate is not null then cast(dated.amount * own_rates.rate as decimal(18, 4))
            when home_rates.rate is not null then cast(dated.amount_in_home_currency * home_rates.rate as decimal(18, 4))
        end as amount_home
    from dated
    left join rates as own_rates
        on dated.currency = own_rates.currency and dated.rate_month = own_rates.month
    left join rates as home_rates
        on dated.home_currency = home_rates.currency and dated.rate_month = home_rates.month
),

final as (
    select
        deal_id,
        currency,
        amount_home,
        case
            when acv is null then amount_home
            else cast(acv * rate as decimal(18, 4))
        end as acv_home,
        case
            when amount_home is not null then null
            when amount is null and amount_in_home_currency is null then 'no amount'
            when currency is null then 'no currency, and the home currency is not known: set crm_home_currency'
            else 'no exchange rate: add ' || currency || ' to fx_rates.csv'
        end as amount_missing_reason
    from converted
)

select * from final
