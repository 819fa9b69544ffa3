with owner_meetings as (
    select * from {{ ref('int_owner_meetings') }}
),

owner_activity as (
    select * from {{ ref('int_owner_activity') }}
),

sources as (
    select * from {{ ref('int_activity_sources') }}
),

owner_months as (
    select
        month,
        owner_id
    from owner_meetings
    union
    select
        month,
        owner_id
    from owner_activity
),

-- A source that is there and has nothing of an owner says 0; one that is not there says nothing.
final as (
    select
        owner_months.month,
        owner_months.owner_id,
        case when sources.has_meetings then coalesce(owner_meetings.meetings_booked, 0) end as meetings_booked,
        case when sources.has_meetings then coalesce(owner_meetings.meetings_held, 0) end as meetings_held,
        case when sources.has_meetings then coalesce(owner_meetings.meetings_not_held, 0) end as meetings_not_held,
        case when sources.has_meetings then coalesce(owner_meetings.meetings_without_outcome, 0) end
            as meetings_without_outcome,
        {{ ratio('owner_meetings.meetings_held', '(owner_meetings.meetings_held + owner_meetings.meetings_not_held)') }}
            as held_share,
        {{ wilson_low('owner_meetings.meetings_held', '(owner_meetings.meetings_held + owner_meetings.meetings_not_held)') }}
            as held_share_low,
        {{ wilson_high('owner_meetings.meetings_held', '(owner_meetings.meetings_held + owner_meetings.meetings_not_held)') }}
            as held_share_high,
        case when sources.has_leads then coalesce(owner_activity.leads_received, 0) end as leads_received,
        case when sources.has_calls then coalesce(owner_activity.calls_made, 0) end as calls_made,
        case when sources.has_emails then coalesce(owner_activity.emails_sent, 0) end as emails_sent,
        case when sources.has_tasks then coalesce(owner_activity.tasks_completed, 0) end as tasks_completed,
        case
            when not sources.has_meetings then sources.missing_reason
            when coalesce(owner_meetings.meetings_held + owner_meetings.meetings_not_held, 0) = 0
                then 'no meeting of the month with an outcome'
        end as missing_reason
    from owner_months
    cross join sources
    left join owner_meetings
        on owner_months.month = owner_meetings.month and owner_months.owner_id = owner_meetings.owner_id
    left join owner_activity
        on owner_months.month = owner_activity.month and owner_months.owner_id = owner_activity.owner_id
)

select * from final
