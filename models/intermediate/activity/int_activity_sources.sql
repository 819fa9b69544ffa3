with
{%- for stream in ['meetings', 'calls', 'emails', 'tasks', 'leads'] %}
{{ stream }} as (
    select count(*) > 0 as is_there from {{ ref('stg_hubspot__' ~ stream) }}
),
{% endfor %}
final as (
    select
        meetings.is_there as has_meetings,
        calls.is_there as has_calls,
        emails.is_there as has_emails,
        tasks.is_there as has_tasks,
        leads.is_there as has_leads,
        case when not meetings.is_there then 'source absent: connect HubSpot meetings' end as missing_reason
    from meetings
    cross join calls
    cross join emails
    cross join tasks
    cross join leads
)

select * from final
