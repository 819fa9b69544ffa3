with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

meetings as (
    select * from {{ ref('int_meetings') }}
    where outcome not in ('CANCELED', 'RESCHEDULED')
),

meeting_deals as (
    select * from {{ ref('stg_hubspot__meetings_deals') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'deals'
),

deal_meetings as (
    select
        coalesce(merged_ids.surviving_id, meeting_deals.deal_id) as deal_id,
        max(case when meetings.is_due and meetings.outcome != 'NO_SHOW' then meetings.starts_at end) as last_meeting_at,
        min(case when not meetings.is_due then meetings.starts_at end) as next_meeting_at
    from meeting_deals
    inner join meetings on meeting_deals.meeting_id = meetings.meeting_id
    left join merged_ids on meeting_deals.deal_id = merged_ids.old_id
    group by coalesce(merged_ids.surviving_id, meeting_deals.deal_id)
),

account as (
    select count(last_activity_at) + (select count(*) from deal_meetings) > 0 as records_activity
    from deals
),

-- HubSpot keeps the newest time only: where that lies after as_of, what was known then is not known any more.
known as (
    select
        deals.deal_id,
        deal_meetings.last_meeting_at,
        deals.last_activity_at > {{ as_of() }} as is_newer_than_as_of,
        case when deals.last_activity_at <= {{ as_of() }} then deals.last_activity_at end as logged_at,
        case when deals.next_activity_at > {{ as_of() }} then deals.next_activity_at end as planned_at,
        deal_meetings.next_meeting_at,
        account.records_activity
    from deals
    cross join account
    left join deal_meetings on deals.deal_id = deal_meetings.deal_id
),

final as (
    select
        deal_id,
        case
            when logged_at is null or last_meeting_at > logged_at then last_meeting_at
            else logged_at
        end as last_activity_at,
        case
            when last_meeting_at is not null and (logged_at is null or last_meeting_at > logged_at) then 'meeting'
            when logged_at is not null then 'deal_property'
        end as last_activity_source,
        case
            when planned_at is null or next_meeting_at < planned_at then next_meeting_at
            else planned_at
        end as next_activity_at,
        case
            when logged_at is not null or last_meeting_at is not null then null
            when not records_activity then 'source absent: no deal has an activity in HubSpot'
            when is_newer_than_as_of then 'the last activity known is after as_of'
            else 'no activity was ever logged'
        end as last_activity_missing_reason
    from known
)

select * from final
