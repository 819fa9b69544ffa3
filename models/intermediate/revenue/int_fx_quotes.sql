with balance_transactions as (
    select * from {{ ref('stg_stripe__balance_transactions') }}
),

seed_rates as (
    select * from {{ ref('fx_rates') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
),

conversions as (
    select
        *,
        cast({{ local_time('created_at') }} as date) as rate_date
    from balance_transactions
    where
        exchange_rate > 0
        and source_currency <> settlement_currency
        and created_at <= {{ as_of() }}
),

-- found first: transactions are many, and the days few
last_moments as (
    select
        source_currency,
        settlement_currency,
        rate_date,
        max(created_at) as created_at
    from conversions
    group by source_currency, settlement_currency, rate_date
),

own_quotes as (
    select
        conversions.source_currency as currency,
        conversions.settlement_currency as base_currency,
        conversions.rate_date,
        -- Stripe multiplies the smallest unit of one currency by it to get that of the other: yen to cents, fils to cents
        {{ rate_ratio(
            'conversions.exchange_rate * ' ~ minor_units('source_units'), minor_units('settlement_units')
        ) }} as rate,
        'balance_transaction' as source,
        row_number() over (
            partition by conversions.source_currency, conversions.settlement_currency, conversions.rate_date
            order by conversions.balance_transaction_id desc nulls last
        ) as day_rank
    from conversions
    inner join last_moments
        on
            conversions.source_currency = last_moments.source_currency
            and conversions.settlement_currency = last_moments.settlement_currency
            and conversions.rate_date = last_moments.rate_date
            and conversions.created_at = last_moments.created_at
    left join exponents as source_units on conversions.source_currency = source_units.currency
    left join exponents as settlement_units on conversions.settlement_currency = settlement_units.currency
),

seed_quotes as (
    select
        currency,
        'eur' as base_currency,
        rate_date,
        {{ rate_ratio('1', 'units_per_eur') }} as rate,
        'seed' as source
    from seed_rates
    where currency <> 'eur'
)

select
    currency,
    base_currency,
    rate_date,
    rate,
    source
from own_quotes
where day_rank = 1
union all
select
    currency,
    base_currency,
    rate_date,
    rate,
    source
from seed_quotes
