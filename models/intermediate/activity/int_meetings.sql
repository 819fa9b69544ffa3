with meetings as (
    select * from {{ ref('stg_hubspot__meetings') }}
),

-- What became of a meeting is not known before it has begun.
final as (
    select
        meeting_id,
        coalesce(owner_id, 'unknown') as owner_id,
        created_at as booked_at,
        starts_at,
        starts_at <= {{ as_of() }} as is_due,
        case
            when starts_at > {{ as_of() }} and coalesce(outcome, 'SCHEDULED') not in ('CANCELED', 'RESCHEDULED')
                then 'SCHEDULED'
            else coalesce(outcome, 'SCHEDULED')
        end as outcome
    from meetings
    where not is_archived and created_at <= {{ as_of() }}
)

select * from final
