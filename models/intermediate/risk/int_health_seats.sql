{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

with item_months as (
    select * from {{ touched(ref('int_item_months')) }}
    where list_mrr > 0 and status <> 'usage'
),

months as (
    select * from {{ ref('int_health_months') }}
),

-- the month and the three before it, judged by what was known at its end
windows as (
    select
        months.month,
        item_months.month as seat_month,
        item_months.customer_id,
        item_months.quantity,
        max(item_months.quantity) over (
            partition by months.month, item_months.subscription_item_id
        ) > 1 as is_by_the_seat
    from months
    inner join item_months
        on
            months.month >= item_months.month
            and item_months.month >= {{ add_months('months.month', -3) }}
),

seats as (
    select
        customer_id,
        month,
        seat_month,
        sum(quantity) as seats
    from windows
    where is_by_the_seat
    group by customer_id, month, seat_month
),

peaks as (
    select
        customer_id,
        month,
        coalesce(max(case when seat_month = month then seats end), 0) as seats,
        max(case when seat_month < month then seats end) as seats_before
    from seats
    group by customer_id, month
),

falls as (
    select
        customer_id,
        month,
        cast(seats as bigint) as seats,
        cast(seats_before as bigint) as seats_before,
        greatest({{ ratio('seats_before - seats', 'seats_before') }}, 0) as seat_fall
    from peaks
    where seats_before is not null
),

final as (
    select
        customer_id,
        month,
        seats,
        seats_before,
        seat_fall,
        {{ health_severity('seat_fall', 'health_seat_fall') }} as severity,
        case
            when seat_fall > 0
                then
                    cast(seats as {{ dbt.type_string() }}) || ' seats, were '
                    || cast(seats_before as {{ dbt.type_string() }}) || ' within three months'
            else 'seats did not fall'
        end as reason
    from falls
)

select * from final
