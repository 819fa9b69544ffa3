with state as (
    select * from {{ ref('int_close_state') }}
),

months as (
    select * from {{ ref('int_close_months') }}
),

closed as (
    select
        month,
        customer_id,
        currency,
        mrr,
        case when reporting_currency = '{{ reporting_currency() }}' then mrr_reporting end as mrr_reporting,
        list_mrr
    from {{ touched_months(ref('mrr_close')) }}
),

restated as (
    select
        month,
        customer_id,
        currency,
        sum(delta) as mrr,
        sum(case when reporting_currency = '{{ reporting_currency() }}' then delta_reporting end) as mrr_reporting,
        sum(delta_list_mrr) as list_mrr
    from {{ touched_months(ref('mrr_restatements')) }}
    group by month, customer_id, currency
),

known as (
    select
        mrr_monthly.month,
        mrr_monthly.customer_id,
        mrr_monthly.currency,
        mrr_monthly.mrr,
        case when months.reporting_currency = '{{ reporting_currency() }}' then mrr_monthly.mrr_reporting end as mrr_reporting,
        mrr_monthly.list_mrr
    from {{ touched_months(ref('mrr_monthly')) }} as mrr_monthly
    inner join months on mrr_monthly.month = months.month
    where mrr_monthly.is_closed
),

booked as (
    select
        month,
        customer_id,
        currency,
        coalesce(closed.mrr, 0) + coalesce(restated.mrr, 0) as mrr,
        coalesce(closed.mrr_reporting, 0) + coalesce(restated.mrr_reporting, 0) as mrr_reporting,
        coalesce(closed.list_mrr, 0) + coalesce(restated.list_mrr, 0) as list_mrr
    from closed
    full outer join restated using (month, customer_id, currency)
)

select
    month,
    customer_id,
    currency,
    booked.mrr as closed_and_restated,
    known.mrr,
    booked.mrr_reporting as closed_and_restated_reporting,
    known.mrr_reporting
from booked
full outer join known using (month, customer_id, currency)
where
    not (select state.is_looking_back from state)
    and (
        coalesce(booked.mrr, 0) <> coalesce(known.mrr, 0)
        or coalesce(booked.mrr_reporting, 0) <> coalesce(known.mrr_reporting, 0)
        or coalesce(booked.list_mrr, 0) <> coalesce(known.list_mrr, 0)
    )
