with quotes as (
    select * from {{ ref('int_fx_quotes') }}
),

months as (
    select * from {{ ref('int_months') }}
),

-- the last quote up to the month's end; before the first one, the first
month_quotes as (
    select
        months.month,
        quotes.currency,
        quotes.base_currency,
        quotes.rate,
        quotes.rate_date,
        quotes.source,
        quotes.source_rank,
        row_number() over (
            partition by months.month, quotes.currency, quotes.base_currency, quotes.source
            order by
                case when quotes.rate_date < months.next_month then 0 else 1 end nulls last,
                case when quotes.rate_date < months.next_month then quotes.rate_date end desc nulls last,
                quotes.rate_date nulls last
        ) as preference
    from months
    cross join quotes
),

based as (
    select
        month,
        currency,
        base_currency,
        rate,
        rate_date,
        source,
        source_rank
    from month_quotes
    where preference = 1
    union all
    select distinct
        month,
        base_currency as currency,
        base_currency,
        cast(1 as {{ money_type() }}) as rate,
        month as rate_date,
        source,
        source_rank
    from month_quotes
),

-- through the base that both currencies are quoted in: the account's settlement currency, or the euro in the seed
crossed as (
    select
        based.month,
        based.currency,
        {{ divide_exact('based.rate', 'reporting.rate') }} as rate,
        -- of two quotes the older one tells how old the rate is
        case
            when based.currency = based.base_currency then reporting.rate_date
            when reporting.currency = reporting.base_currency then based.rate_date
            else least(based.rate_date, reporting.rate_date)
        end as rate_date,
        based.source,
        row_number() over (
            partition by based.month, based.currency order by based.source_rank nulls last, based.base_currency nulls last
        ) as preference
    from based
    inner join based as reporting
        on
            based.month = reporting.month
            and based.base_currency = reporting.base_currency
            and based.source = reporting.source
    where
        reporting.currency = '{{ reporting_currency() }}'
        and based.currency <> '{{ reporting_currency() }}'
)

select
    month,
    currency,
    rate,
    rate_date,
    source
from crossed
where preference = 1
union all
select
    month,
    '{{ reporting_currency() }}' as currency,
    cast(1 as {{ money_type() }}) as rate,
    month as rate_date,
    'reporting' as source
from months
