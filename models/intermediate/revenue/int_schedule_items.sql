{% set of_version = [
    "schedule_id", "version_id", "observed_at", "customer_id", "subscription_id", "end_behavior",
    "created_at", "known_from", "known_to",
] -%}
with schedules as (
    select * from {{ ref('stg_stripe__subscription_schedules') }}
),

-- what the first version says was so since the schedule was made, for all that can be known
versions as (
    select
        *,
        case
            when row_number() over (partition by schedule_id order by observed_at nulls last, version_id nulls last) = 1
                then created_at
            else observed_at
        end as known_from,
        lead(observed_at) over (partition by schedule_id order by observed_at nulls last, version_id nulls last) as known_to,
        max(closed_at) over (partition by schedule_id) as last_closed_at
    from schedules
),

phases as (
    select
        {{ of_version | join(", ") }},
        last_closed_at as closed_at,
        {{ explode_with_position('phases', 'phase_position', 'phase') }}
    from versions
    where subscription_id is not null
),

described as (
    select
        *,
        phase_position = max(phase_position) over (partition by schedule_id, version_id, observed_at) as is_last,
        {{ epoch_to_timestamp('phase.start_date') }} as started_at,
        {{ epoch_to_timestamp('phase.end_date') }} as ended_at
    from phases
),

exploded as (
    select
        {{ of_version | join(", ") }},
        closed_at,
        phase_position,
        is_last,
        started_at,
        ended_at,
        lower(phase.currency) as currency,
        phase.discounts as phase_discounts,
        phase.coupon as phase_coupon,
        {{ explode_with_position('phase.items', 'item_position', 'item') }}
    from described
)

select
    schedule_id,
    version_id,
    observed_at,
    phase_position,
    item_position,
    customer_id,
    subscription_id,
    end_behavior,
    created_at,
    known_from,
    known_to,
    closed_at,
    is_last,
    started_at,
    ended_at,
    {{ id_of('coalesce(item.price, item.plan)') }} as price_id,
    currency,
    coalesce({{ try_bigint('item.quantity') }}, 1) as quantity,
    item.discounts as item_discounts,
    phase_discounts,
    phase_coupon
from exploded
