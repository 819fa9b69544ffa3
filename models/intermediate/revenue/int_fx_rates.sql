with balance_transactions as (
    select * from {{ ref('stg_stripe__balance_transactions') }}
),

seed_rates as (
    select * from {{ ref('fx_rates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

reporting_seed_rates as (
    select
        rate_date,
        units_per_eur
    from seed_rates
    where currency = '{{ reporting_currency() }}'
    union all
    select distinct
        rate_date,
        1 as units_per_eur
    from seed_rates
    where '{{ reporting_currency() }}' = 'eur'
),

fallback_rates as (
    select
        all_seed_rates.currency,
        all_seed_rates.rate_date,
        {{ divide_exact('reporting_seed_rates.units_per_eur', 'all_seed_rates.units_per_eur') }} as rate
    from (
        select
            currency,
            rate_date,
            units_per_eur
        from seed_rates
        union all
        select distinct
            'eur' as currency,
            rate_date,
            1 as units_per_eur
        from seed_rates
    ) as all_seed_rates
    inner join reporting_seed_rates on all_seed_rates.rate_date = reporting_seed_rates.rate_date
),

own_rates as (
    select
        source_currency as currency,
        cast({{ local_time('created_at') }} as date) as rate_date,
        cast(exchange_rate as {{ money_type() }}) as rate,
        row_number() over (
            partition by source_currency, cast({{ local_time('created_at') }} as date)
            order by created_at desc, balance_transaction_id desc
        ) as day_rank
    from balance_transactions
    where
        exchange_rate is not null
        and source_currency is not null
        and settlement_currency = '{{ reporting_currency() }}'
        and source_currency <> settlement_currency
        and created_at <= {{ as_of() }}
),

rates as (
    select
        currency,
        rate_date,
        rate,
        'balance_transaction' as source,
        1 as source_rank
    from own_rates
    where day_rank = 1
    union all
    select
        currency,
        rate_date,
        rate,
        'seed' as source,
        2 as source_rank
    from fallback_rates
    where currency <> '{{ reporting_currency() }}'
),

candidates as (
    select
        months.month,
        rates.currency,
        rates.rate,
        rates.rate_date,
        rates.source,
        row_number() over (
            partition by months.month, rates.currency
            order by
                case when rates.rate_date < months.next_month then 0 else 1 end,
                rates.source_rank,
                case when rates.rate_date < months.next_month then rates.rate_date end desc nulls last,
                rates.rate_date
        ) as preference
    from months
    cross join rates
)

select
    month,
    currency,
    rate,
    rate_date,
    source
from candidates
where preference = 1
union all
select
    month,
    '{{ reporting_currency() }}' as currency,
    cast(1 as {{ money_type() }}) as rate,
    month as rate_date,
    'reporting' as source
from months
