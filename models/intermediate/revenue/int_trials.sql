with trial_windows as (
    select
        subscription_id,
        min(customer_id) as customer_id,
        min(valid_from) as trial_started_at,
        max(valid_to) as trial_ended_at,
        min(first_paid_at) as first_paid_at
    from {{ ref('int_trial_windows') }}
    group by 1
)

select
    subscription_id,
    customer_id,
    trial_started_at,
    trial_ended_at,
    first_paid_at,
    coalesce(first_paid_at <= {{ as_of() }}, false) as is_converted,
    trial_ended_at <= {{ as_of() }} as is_mature
from trial_windows
