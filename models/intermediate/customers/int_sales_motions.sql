with deals as (
    select * from {{ ref('int_deals') }}
    where company_id is not null
),

matches as (
    select * from {{ ref('int_identity_candidates') }}
    where is_chosen
),

customers as (
    select * from {{ ref('int_customers') }}
),

company_deals as (
    select
        company_id,
        min(created_at) as first_deal_at,
        max(case when outcome = 'won' then 1 end) as has_won, -- a won deal need not have a close date
        min(case when outcome = 'won' then closed_on end) as first_won_on
    from deals
    group by company_id
),

-- the first thing that the company did by itself: signing up, a trial or subscription, or a payment, of any of its customers
own_steps as (
    select
        matches.hubspot_company_id as company_id,
        min(
            least(
                coalesce(customers.created_at, customers.first_subscribed_at, customers.first_paid_at),
                coalesce(customers.first_subscribed_at, customers.first_paid_at, customers.created_at),
                coalesce(customers.first_paid_at, customers.first_subscribed_at, customers.created_at)
            )
        ) as first_step_at
    from matches
    inner join customers on matches.customer_id = customers.customer_id
    where matches.hubspot_company_id is not null
    group by matches.hubspot_company_id
),

final as (
    select
        own_steps.company_id,
        own_steps.first_step_at,
        company_deals.first_deal_at,
        company_deals.first_won_on,
        case
            when company_deals.has_won is null then 'self_serve'
            when own_steps.first_step_at < company_deals.first_deal_at then 'hybrid'
            else 'sales_led'
        end as sales_motion
    from own_steps
    left join company_deals on own_steps.company_id = company_deals.company_id
)

select * from final
