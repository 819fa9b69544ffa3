{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}
{%- set dispute_days = policy_number('health_dispute_days') %}
{%- set forever = "timestamp '9999-12-31 00:00:00'" -%}
with months as (
    select
        *,
        {{ is_rescored_month() }} as is_rescored
    from {{ ref('int_health_months') }}
),

-- a bill of nothing cannot fail, and one that was given up as it was made belongs to a pause
invoices as (
    select
        *,
        case
            when collection_method = 'send_invoice' then coalesce(due_at, {{ add_days('finalized_at', 30) }})
            else {{ add_days('finalized_at', policy_number('health_unpaid_grace_days')) }}
        end as overdue_at,
        coalesce(paid_at, case when status = 'paid' then finalized_at end) as settled_at,
        {{ is_rescored() }} as is_rescored
    from {{ ref('stg_stripe__invoices') }}
    where
        finalized_at is not null
        and total_minor > 0
        and coalesce(marked_uncollectible_at <> created_at, true)
),

charges as (
    select
        *,
        {{ is_rescored() }} as is_rescored
    from {{ ref('stg_stripe__charges') }}
),

disputes as (
    select
        disputes.created_at,
        charges.customer_id,
        charges.is_rescored
    from {{ ref('stg_stripe__disputes') }} as disputes
    inner join charges on disputes.charge_id = charges.charge_id
),

-- what tells of payments, since when it is known, and from when to when it is trouble: a bill until it is paid, voided or given
-- up, and never where it was settled before it was overdue
evidence as (
    select
        customer_id,
        is_rescored,
        'overdue_invoice' as kind,
        finalized_at as known_at,
        greatest(finalized_at, overdue_at) as troubles_from,
        least(
            coalesce(settled_at, {{ forever }}),
            coalesce(voided_at, {{ forever }}),
            case
                when marked_uncollectible_at is not null
                    then greatest(marked_uncollectible_at, {{ add_days('finalized_at', dispute_days) }})
                else {{ forever }}
            end
        ) as troubles_to
    from invoices
    union all
    select
        customer_id,
        is_rescored,
        'failed_charge' as kind,
        created_at as known_at,
        case when status = 'failed' then created_at end as troubles_from,
        {{ add_days('created_at', policy_number('health_failed_charge_days')) }} as troubles_to
    from charges
    union all
    select
        customer_id,
        is_rescored,
        'dispute' as kind,
        created_at as known_at,
        created_at as troubles_from,
        {{ add_days('created_at', dispute_days) }} as troubles_to
    from disputes
),

first_evidence as (
    select
        customer_id,
        is_rescored,
        min(known_at) as known_at
    from evidence
    where customer_id is not null
    group by customer_id, is_rescored
),

-- as each stood at the month's end, and nothing for a customer of whom something is known by then. What was never trouble,
-- nearly everything, is left out before months are compared with it
dated as (
    select
        months.month,
        evidence.customer_id,
        evidence.kind
    from months
    inner join evidence
        on
            months.cutoff_at >= evidence.troubles_from
            and months.cutoff_at < evidence.troubles_to
            and (months.is_rescored or evidence.is_rescored)
    where
        evidence.customer_id is not null
        and evidence.troubles_from < evidence.troubles_to
    union all
    select
        months.month,
        first_evidence.customer_id,
        'none' as kind
    from months
    inner join first_evidence
        on
            months.cutoff_at >= first_evidence.known_at
            and (months.is_rescored or first_evidence.is_rescored)
),

counted as (
    select
        customer_id,
        month,
        cast(count(case when kind = 'overdue_invoice' then 1 end) as integer) as overdue_invoices,
        cast(count(case when kind = 'failed_charge' then 1 end) as integer) as failed_charges,
        cast(count(case when kind = 'dispute' then 1 end) as integer) as disputes
    from dated
    group by customer_id, month
),

final as (
    select
        *,
        cast(
            case when overdue_invoices + disputes > 0 then 1 when failed_charges > 0 then 0.5 else 0 end as decimal(2, 1)
        ) as severity,
        case
            when overdue_invoices + disputes + failed_charges = 0 then 'all bills are paid'
            else
                'overdue bills: ' || cast(overdue_invoices as {{ dbt.type_string() }}) || ', failed charges: '
                || cast(failed_charges as {{ dbt.type_string() }}) || ', disputes: ' || cast(disputes as {{ dbt.type_string() }})
        end as reason
    from counted
)

select * from final
