{%- set signals = health_weights().keys() | list -%}
with scores as (
    select * from {{ ref('int_health_scores') }}
    where is_now
),

customers as (
    select * from {{ ref('dim_customers') }}
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

renewals as (
    select * from {{ ref('int_renewals') }}
),

-- what is in danger: everything of a customer at risk, else what is given notice of or past due
weighed as (
    select
        *,
        case
            when health_band = 'at_risk' then mrr_reporting
            else least(greatest(coalesce(scheduled_mrr_reporting, 0), coalesce(past_due_mrr_reporting, 0)), mrr_reporting)
        end as mrr_at_risk,
        greatest(
            {% for signal in signals -%}
            coalesce({{ signal }}_max_points - {{ signal }}_points, 0){{ ',' if not loop.last }}
            {% endfor -%}
        ) as worst_loss
    from scores
),

explained as (
    select
        *,
        case
            when worst_loss = 0 then null
            {% for signal in signals -%}
            when {{ signal }}_max_points - {{ signal }}_points = worst_loss then '{{ signal }}'
            {% endfor -%}
        end as worst_signal
    from weighed
),

final as (
    select
        cast(row_number() over (
            order by
                explained.mrr_at_risk desc nulls last,
                explained.health_score asc nulls last,
                explained.customer_id nulls last
        ) as bigint) as risk_rank,
        explained.customer_id,
        customers.hubspot_company_id,
        customers.company_name,
        companies.owner_id,
        customers.segment,
        customers.sales_motion,
        customers.currency,
        explained.mrr_reporting,
        cast(explained.mrr_at_risk as {{ money_type() }}) as mrr_at_risk,
        case when explained.mrr_reporting is null then 'no exchange rate for its currency' end as mrr_missing_reason,
        renewals.renews_on,
        explained.health_score,
        explained.health_band,
        explained.known_weight,
        explained.worst_signal,
        case explained.worst_signal
            {% for signal in signals -%}
            when '{{ signal }}' then explained.{{ signal }}_reason
            {% endfor -%}
        end as worst_reason,
        case explained.worst_signal
            when 'cancellation' then 'Talk to the customer before the end date: ask what is missing, and offer a plan that fits'
            when 'payments' then 'Ask for a valid payment method, and settle what is open or disputed'
            when 'usage' then 'Find out what changed in their work, and show the part of the product that they paid for'
            when 'seats' then 'Ask who left and why, and agree what the remaining seats are to achieve'
            when 'nps' then 'Call the person who answered, and tell what is done about it'
            when 'contact' then 'Book a business review with the customer'
            else
                case explained.health_band
                    when 'too_little_known' then 'Connect a source of what is unknown: a meter, surveys or the CRM'
                    else 'Nothing is due'
                end
        end as next_step,
        explained.scheduled_subscriptions,
        explained.overdue_invoices,
        explained.failed_charges,
        explained.disputes,
        explained.usage_fall,
        explained.seats,
        explained.seats_before,
        explained.seat_fall,
        explained.nps_score,
        explained.nps_answered_at,
        explained.last_contacted_at,
        {% for signal in signals -%}
        explained.{{ signal }}_points,
        explained.{{ signal }}_max_points,
        explained.{{ signal }}_reason,
        {% endfor -%}
        explained.quiet_days
    from explained
    left join customers on explained.customer_id = customers.customer_id
    left join companies on customers.hubspot_company_id = companies.company_id
    left join renewals on explained.customer_id = renewals.customer_id
)

select * from final
order by risk_rank
