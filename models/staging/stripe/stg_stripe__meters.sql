with meters as (
    select * from {{ current_versions(source('raw_stripe', 'meters')) }}
),

parsed as (
    select
        id,
        created_at,
        {{ json_struct('payload', {
            "display_name": "VARCHAR", "event_name": "VARCHAR", "status": "VARCHAR",
            "default_aggregation": {"formula": "VARCHAR"},
        }) }} as meter
    from meters
)

select
    id as meter_id,
    meter.display_name as meter_name,
    meter.event_name,
    lower(meter.status) as status,
    lower(meter.default_aggregation.formula) as aggregation,
    created_at
from parsed
