with quotes as (
    select * from {{ ref('int_fx_quotes') }}
),

-- the day that a month is converted on is its last one; today, of the month that is not over
months as (
    select
        month,
        {{ day_after('month') }} as next_day
    from {{ ref('int_months') }}
),

-- the last quote up to that day; before the first one, the first
month_quotes as (
    select
        months.month,
        quotes.currency,
        quotes.base_currency,
        quotes.rate,
        quotes.rate_date,
        quotes.source,
        quotes.rate_date < months.next_day as is_known_then,
        abs(cast({{ days_between('quotes.rate_date', 'months.next_day') }} as integer) - 1) as days_off,
        row_number() over (
            partition by months.month, quotes.currency, quotes.base_currency, quotes.source
            order by
                case when quotes.rate_date < months.next_day then 0 else 1 end nulls last,
                case when quotes.rate_date < months.next_day then quotes.rate_date end desc nulls last,
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
        is_known_then,
        days_off
    from month_quotes
    where preference = 1
    union all
    select distinct
        month,
        base_currency as currency,
        base_currency,
        cast(1 as {{ rate_type() }}) as rate,
        month as rate_date,
        source,
        true as is_known_then,
        0 as days_off
    from month_quotes
),

-- through the base that both currencies are quoted in: the account's settlement currency, or the euro in the seed
crossed as (
    select
        based.month,
        based.currency,
        based.base_currency,
        based.source,
        {{ rate_ratio('based.rate', 'reporting.rate') }} as rate,
        -- of two quotes the older one tells how old the rate is
        case
            when based.currency = based.base_currency then reporting.rate_date
            when reporting.currency = reporting.base_currency then based.rate_date
            else least(based.rate_date, reporting.rate_date)
        end as rate_date,
        based.source = 'balance_transaction' and based.is_known_then and reporting.is_known_then as is_own_and_known,
        greatest(based.days_off, reporting.days_off) as days_off
    from based
    inner join based as reporting
        on
            based.month = reporting.month
            and based.base_currency = reporting.base_currency
            and based.source = reporting.source
    where
        reporting.currency = '{{ reporting_currency() }}'
        and based.currency <> '{{ reporting_currency() }}'
),

-- what the account itself got by then; else what is nearest in time. A settlement currency of before is no base any more
ranked as (
    select
        *,
        row_number() over (
            partition by month, currency
            order by
                case when is_own_and_known then 0 else 1 end nulls last,
                days_off nulls last,
                case when source = 'balance_transaction' then 0 else 1 end nulls last,
                case when base_currency = '{{ reporting_currency() }}' then 0 else 1 end nulls last,
                base_currency nulls last
        ) as preference
    from crossed
)

select
    month,
    currency,
    rate,
    rate_date,
    source
from ranked
where preference = 1
union all
select
    month,
    '{{ reporting_currency() }}' as currency,
    cast(1 as {{ rate_type() }}) as rate,
    month as rate_date,
    'reporting' as source
from months
