{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}
{%- set dispute_days = policy_number('health_dispute_days') -%}
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
        disputes.dispute_id,
        disputes.created_at,
        charges.customer_id,
        charges.is_rescored
    from {{ ref('stg_stripe__disputes') }} as disputes
    inner join charges on disputes.charge_id = charges.charge_id
),

-- whose bills are known at all, and since when
first_evidence as (
    select
        customer_id,
        is_rescored,
        min(known_at) as known_at
    from (
        select
            customer_id,
            is_rescored,
            finalized_at as known_at
        from invoices
        union all
        select
            customer_id,
            is_rescored,
            created_at as known_at
        from charges
        union all
        select
            customer_id,
            is_rescored,
            created_at as known_at
        from disputes
    ) as evidence
    where customer_id is not null
    group by customer_id, is_rescored
),

-- as each stood at the month's end: what was paid, voided or given up after it was still open then; a bill that was settled
-- before it was overdue never counts
troubles as (
    select
        months.month,
        invoices.customer_id,
        1 as overdue_invoices,
        0 as failed_charges,
        0 as disputes
    from months
    inner join invoices
        on
            months.cutoff_at >= invoices.finalized_at
            and months.cutoff_at >= invoices.overdue_at
            and (months.is_rescored or invoices.is_rescored)
    where
        coalesce(invoices.settled_at > invoices.overdue_at, true)
        and coalesce(invoices.settled_at > months.cutoff_at, true)
        and coalesce(invoices.voided_at > months.cutoff_at, true)
        and (
            coalesce(invoices.marked_uncollectible_at > months.cutoff_at, true)
            or {{ add_days('invoices.finalized_at', dispute_days) }} > months.cutoff_at
        )
    union all
    select
        months.month,
        charges.customer_id,
        0 as overdue_invoices,
        1 as failed_charges,
        0 as disputes
    from months
    inner join charges
        on
            months.cutoff_at >= charges.created_at
            and (months.is_rescored or charges.is_rescored)
    where
        charges.status = 'failed'
        and {{ add_days('charges.created_at', policy_number('health_failed_charge_days')) }} > months.cutoff_at
    union all
    select
        months.month,
        disputes.customer_id,
        0 as overdue_invoices,
        0 as failed_charges,
        1 as disputes
    from months
    inner join disputes
        on
            months.cutoff_at >= disputes.created_at
            and (months.is_rescored or disputes.is_rescored)
    where {{ add_days('disputes.created_at', dispute_days) }} > months.cutoff_at
),

evidence as (
    select
        months.month,
        first_evidence.customer_id,
        0 as overdue_invoices,
        0 as failed_charges,
        0 as disputes
    from months
    inner join first_evidence
        on
            months.cutoff_at >= first_evidence.known_at
            and (months.is_rescored or first_evidence.is_rescored)
    union all
    select * from troubles
),

counted as (
    select
        customer_id,
        month,
        cast(sum(overdue_invoices) as integer) as overdue_invoices,
        cast(sum(failed_charges) as integer) as failed_charges,
        cast(sum(disputes) as integer) as disputes
    from evidence
    where customer_id is not null
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
