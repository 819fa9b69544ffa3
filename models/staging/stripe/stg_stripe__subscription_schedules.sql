with versions as (
    select * from {{ all_versions(source('raw_stripe', 'subscription_schedules')) }}
),

parsed as (
    select
        *,
        {{ json_struct('payload', stripe_schedule_schema()) }} as schedule
    from versions
)

select
    id as schedule_id,
    content_hash as version_id,
    extracted_at as observed_at,
    {{ id_of('schedule.customer') }} as customer_id,
    -- a released schedule keeps its subscription under another name
    coalesce({{ id_of('schedule.subscription') }}, {{ id_of('schedule.released_subscription') }}) as subscription_id,
    schedule.end_behavior,
    created_at,
    coalesce(
        {{ epoch_to_timestamp('schedule.released_at') }},
        {{ epoch_to_timestamp('schedule.canceled_at') }},
        {{ epoch_to_timestamp('schedule.completed_at') }}
    ) as closed_at,
    schedule.phases
from parsed
