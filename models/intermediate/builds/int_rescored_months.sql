with months as (
    select * from {{ ref('int_health_months') }}
),

-- it is the score as of now, an exchange rate is another one, or the window after it is over by now
rescored as (
    select month from months
    where is_now or {{ passed_since_last_build(['window_ends_at'], days_later=[0]) }}
    union
    select month from {{ ref('int_changed_months') }}
    union
    select month from {{ changed_shared('int_usage_read_months') }} as read_months
)

select month
from rescored
