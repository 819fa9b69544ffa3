{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with stated_rates as (
    select * from {{ touched(ref('int_stated_inclusive_tax'), 'subscription_id') }}
),

bills as (
    select * from {{ touched(ref('int_inclusive_tax_bills'), 'subscription_id') }}
),

charged_items as (
    select distinct subscription_item_id
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where amount_minor > 0 and invoice_status <> 'draft' and period_started_at <= {{ as_of() }}
),

-- what the item's largest bill was taxed is told best: a cent weighs least in it
main_rates as (
    select
        subscription_item_id,
        max(case when size_rank = 1 then billed_percentage end) as main_percentage
    from (
        select
            *,
            row_number() over (
                partition by subscription_item_id order by gross_minor desc nulls last, period_started_at desc nulls last
            ) as size_rank
        from bills
    ) as ranked
    group by 1
),

-- a bill whose tax is what a known rate comes to, rounded to the smallest unit, was taxed at that rate
rates as (
    select
        bills.subscription_id,
        bills.subscription_item_id,
        bills.period_started_at,
        bills.gross_minor,
        case
            when {{ is_taxed_at('bills', 'stated_rates.percentage') }} then stated_rates.percentage
            when {{ is_taxed_at('bills', 'main_rates.main_percentage') }} then main_rates.main_percentage
            else bills.billed_percentage
        end as percentage
    from bills
    inner join main_rates on bills.subscription_item_id = main_rates.subscription_item_id
    left join stated_rates on bills.subscription_item_id = stated_rates.subscription_item_id
),

subscription_rates as (
    select
        subscription_id,
        percentage,
        row_number() over (
            partition by subscription_id
            order by period_started_at desc nulls last, gross_minor desc nulls last, subscription_item_id nulls last
        ) as recency
    from rates
),

compared as (
    select
        *,
        lag(percentage) over (partition by subscription_item_id order by period_started_at nulls last) as earlier_percentage,
        row_number() over (partition by subscription_item_id order by period_started_at nulls last) as bill_number
    from rates
),

-- the first known rate holds from the start; what no bill has charged for yet will be taxed as the rest of the subscription
changes as (
    select
        subscription_item_id,
        case when bill_number = 1 then timestamp '1970-01-01 00:00:00' else period_started_at end as valid_from,
        percentage
    from compared
    where bill_number = 1 or percentage <> earlier_percentage
    union all
    select
        stated_rates.subscription_item_id,
        timestamp '1970-01-01 00:00:00' as valid_from,
        coalesce(
            stated_rates.percentage,
            case when charged_items.subscription_item_id is null then subscription_rates.percentage end,
            0
        ) as percentage
    from stated_rates
    left join main_rates on stated_rates.subscription_item_id = main_rates.subscription_item_id
    left join charged_items on stated_rates.subscription_item_id = charged_items.subscription_item_id
    left join subscription_rates
        on stated_rates.subscription_id = subscription_rates.subscription_id and subscription_rates.recency = 1
    where main_rates.subscription_item_id is null
)

select
    changes.subscription_item_id,
    stated_rates.subscription_id,
    changes.valid_from,
    lead(changes.valid_from) over (
        partition by changes.subscription_item_id order by changes.valid_from nulls last
    ) as valid_to,
    cast(changes.percentage as {{ money_type() }}) as inclusive_percentage
from changes
inner join stated_rates on changes.subscription_item_id = stated_rates.subscription_item_id
