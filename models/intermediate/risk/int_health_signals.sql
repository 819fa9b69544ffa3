{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}

with customers as (
    select * from {{ rescored(ref('int_health_customers')) }}
),

accounts as (
    select * from {{ ref('int_customer_accounts') }}
),

final as (
    select
        customers.customer_id,
        customers.month,
        customers.cutoff_at,
        customers.is_now,
        customers.mrr_reporting,
        customers.past_due_mrr_reporting,
        cancellations.scheduled_subscriptions,
        cancellations.scheduled_mrr_reporting,
        cancellations.severity as cancellation_severity,
        coalesce(cancellations.reason, 'unknown: no subscription with a contract') as cancellation_reason,
        payments.overdue_invoices,
        payments.failed_charges,
        payments.disputes,
        payments.severity as payments_severity,
        coalesce(payments.reason, 'unknown: no bill and no charge') as payments_reason,
        usage_signals.usage_fall,
        usage_signals.severity as usage_severity,
        coalesce(usage_signals.reason, 'unknown: no usage of a meter') as usage_reason,
        seat_signals.seats,
        seat_signals.seats_before,
        seat_signals.seat_fall,
        seat_signals.severity as seats_severity,
        coalesce(seat_signals.reason, 'unknown: no seats in the three months before') as seats_reason,
        nps.nps_score,
        nps.nps_answered_at,
        nps.severity as nps_severity,
        case
            when nps.severity is not null then nps.reason
            when accounts.hubspot_company_id is null then 'unknown: no HubSpot company matched'
            else 'unknown: no NPS answer within {{ policy_number("health_nps_days") }} days'
        end as nps_reason,
        contact.last_contacted_at,
        contact.quiet_days,
        contact.severity as contact_severity,
        case
            when contact.severity is not null then contact.reason
            when accounts.hubspot_company_id is null then 'unknown: no HubSpot company matched'
            else 'unknown: HubSpot tells of no contact up to then'
        end as contact_reason
    from customers
    left join accounts on customers.customer_id = accounts.customer_id
    {% for name, relation in {
        'cancellations': 'int_health_cancellations', 'payments': 'int_health_payments', 'usage_signals': 'int_health_usage',
        'seat_signals': 'int_health_seats', 'nps': 'int_health_nps', 'contact': 'int_health_contact',
    }.items() -%}
    left join {{ rescored(ref(relation)) }} as {{ name }}
        on customers.customer_id = {{ name }}.customer_id and customers.month = {{ name }}.month
    {% endfor %}
)

select * from final
