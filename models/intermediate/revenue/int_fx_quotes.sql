with balance_transactions as (
    select * from {{ ref('stg_stripe__balance_transactions') }}
),

seed_rates as (
    select * from {{ ref('fx_rates') }}
),

own_quotes as (
    select
        source_currency as currency,
        settlement_currency as base_currency,
        cast({{ local_time('created_at') }} as date) as rate_date,
        cast(exchange_rate as {{ money_type() }}) as rate,
        'balance_transaction' as source,
        1 as source_rank,
        row_number() over (
            partition by source_currency, settlement_currency, cast({{ local_time('created_at') }} as date)
            order by created_at desc nulls last, balance_transaction_id desc nulls last
        ) as day_rank
    from balance_transactions
    where
        exchange_rate > 0
        and source_currency <> settlement_currency
        and created_at <= {{ as_of() }}
),

seed_quotes as (
    select
        currency,
        'eur' as base_currency,
        rate_date,
        {{ divide_exact('1', 'units_per_eur') }} as rate,
        'seed' as source,
        2 as source_rank
    from seed_rates
    where currency <> 'eur'
)

select
    currency,
    base_currency,
    rate_date,
    rate,
    source,
    source_rank
from own_quotes
where day_rank = 1
union all
select
    currency,
    base_currency,
    rate_date,
    rate,
    source,
    source_rank
from seed_quotes
