{# What moved MRR from one month end to the next, for whoever `account` names: a Stripe customer or a company. One set of
   rules for both: `new` is the first MRR ever, `reactivation` a return from zero, `churn` a fall to zero. #}

{# Grain: account x month x currency, of a relation with a row for every month from the account's first one on. #}
{% macro month_moves(months, account) -%}
with account_months as (
    select * from {{ months }}
),

moves as (
    select
        {{ account }},
        month,
        currency,
        mrr as closing_mrr,
        coalesce(lag(mrr) over account_history, 0) as opening_mrr,
        coalesce(max(mrr) over earlier_months, 0) as highest_earlier_mrr,
        coalesce(
            sum(case when mrr > 0 then cast(power(2, month(month) - 1) as integer) else 0 end) over earlier_year, 0
        ) as paid_months
    from account_months
    window
        account_history as (partition by {{ account }}, currency order by month nulls last),
        earlier_months as (
            partition by {{ account }}, currency order by month nulls last rows between unbounded preceding and 1 preceding
        ),
        earlier_year as (partition by {{ account }}, currency order by month nulls last rows between 12 preceding and 1 preceding)
)

select
    {{ account }},
    month,
    currency,
    closing_mrr,
    opening_mrr,
    highest_earlier_mrr,
    cast(paid_months as integer) as paid_months,
    closing_mrr - opening_mrr as amount,
    case
        when closing_mrr = opening_mrr then null
        when opening_mrr = 0 and highest_earlier_mrr = 0 then 'new'
        when opening_mrr = 0 then 'reactivation'
        when closing_mrr = 0 then 'churn'
        when closing_mrr > opening_mrr then 'expansion'
        else 'contraction'
    end as movement
from moves
{%- endmacro %}

{# CTEs `month_ends` and `converted`: the rows of the CTE `moves` in the reporting currency too, by the CTE `rates` and the
   months that they were read from, with the month before each. Apart from month_moves because rates change for everybody. #}
{% macro converted_moves(months, account) -%}
month_ends as (
    select
        {{ account }},
        month,
        currency,
        mrr_reporting as closing_mrr_reporting,
        -- nothing before the first month; later, what is not known of a month is not known as an opening either
        lag(mrr_reporting, 1, cast(0 as {{ money_type() }})) over (
            partition by {{ account }}, currency order by month nulls last
        ) as opening_mrr_reporting
    from {{ months }}
),

rates_of_both_ends as (
    select
        month,
        currency,
        rate,
        lag(rate) over (partition by currency order by month nulls last) as opening_rate
    from rates
),

converted as (
    select
        moves.*,
        month_ends.closing_mrr_reporting,
        month_ends.opening_mrr_reporting,
        rates.rate,
        -- at an unchanged rate all of the difference has moved, down to the rounding of the two month ends
        cast(
            case
                when rates.rate = rates.opening_rate and moves.amount <> 0
                    then month_ends.closing_mrr_reporting - month_ends.opening_mrr_reporting
                else cast(moves.amount * rates.rate as {{ money_type() }})
            end as {{ money_type() }}
        ) as amount_reporting
    from moves
    inner join month_ends
        on
            moves.{{ account }} = month_ends.{{ account }}
            and moves.month = month_ends.month
            and moves.currency = month_ends.currency
    left join rates_of_both_ends as rates
        on
            moves.currency = rates.currency
            and moves.month = rates.month
)
{%- endmacro %}

{# Grain: account x month x currency x movement, from the CTEs `converted` (as above) and `item_changes`
   (int_item_month_changes, with the account). #}
{% macro account_movements(account) -%}
parts as (
    select
        {{ account }},
        month,
        currency,
        sum(volume_amount) as volume_amount,
        sum(price_amount) as price_amount,
        sum(plan_change_amount) as plan_change_amount,
        sum(discount_amount) as discount_amount
    from item_changes
    group by 1, 2, 3
),

movements as (
    select
        {{ account }},
        month,
        currency,
        movement,
        amount,
        amount_reporting,
        movement in ('expansion', 'contraction') as has_parts
    from converted
    where movement is not null
),

-- what the rates did to money that did not move; exact, since it is what the other movements leave
fx_movements as (
    select
        {{ account }},
        month,
        currency,
        'fx' as movement,
        0 as amount,
        closing_mrr_reporting - opening_mrr_reporting - amount_reporting as amount_reporting,
        false as has_parts
    from converted
    where closing_mrr_reporting - opening_mrr_reporting - amount_reporting <> 0
),

all_movements as (
    select * from movements
    union all
    select * from fx_movements
)

select
    all_movements.{{ account }},
    all_movements.month,
    all_movements.currency,
    all_movements.movement,
    cast(all_movements.amount as {{ money_type() }}) as amount,
    cast(all_movements.amount_reporting as {{ money_type() }}) as amount_reporting,
    cast(coalesce(parts.volume_amount, 0) as {{ money_type() }}) as volume_amount,
    cast(coalesce(parts.price_amount, 0) as {{ money_type() }}) as price_amount,
    cast(coalesce(parts.plan_change_amount, 0) as {{ money_type() }}) as plan_change_amount,
    cast(coalesce(parts.discount_amount, 0) as {{ money_type() }}) as discount_amount
from all_movements
left join parts
    on
        all_movements.{{ account }} = parts.{{ account }}
        and all_movements.month = parts.month
        and all_movements.currency = parts.currency
        and all_movements.has_parts
{%- endmacro %}
