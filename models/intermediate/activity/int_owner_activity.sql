with calls as (
    select * from {{ ref('stg_hubspot__calls') }}
    where not is_archived and called_at <= {{ as_of() }}
),

emails as (
    select * from {{ ref('stg_hubspot__emails') }}
    where not is_archived and sent_at <= {{ as_of() }}
),

tasks as (
    select * from {{ ref('stg_hubspot__tasks') }}
    where not is_archived and completed_at <= {{ as_of() }}
),

leads as (
    select * from {{ ref('stg_hubspot__leads') }}
    where not is_archived and created_at <= {{ as_of() }}
),

activities as (
    select
        owner_id,
        {{ month_start('called_at') }} as month,
        'call' as activity
    from calls
    where coalesce(direction, 'OUTBOUND') = 'OUTBOUND'
    union all
    select
        owner_id,
        {{ month_start('sent_at') }} as month,
        'email' as activity
    from emails
    where coalesce(direction, 'EMAIL') = 'EMAIL' and coalesce(email_status, 'SENT') = 'SENT'
    union all
    select
        owner_id,
        {{ month_start('completed_at') }} as month,
        'task' as activity
    from tasks
    where task_status = 'COMPLETED'
    union all
    select
        owner_id,
        {{ month_start('created_at') }} as month,
        'lead' as activity
    from leads
),

final as (
    select
        month,
        coalesce(owner_id, 'unknown') as owner_id,
        cast(sum(case when activity = 'call' then 1 else 0 end) as bigint) as calls_made,
        cast(sum(case when activity = 'email' then 1 else 0 end) as bigint) as emails_sent,
        cast(sum(case when activity = 'task' then 1 else 0 end) as bigint) as tasks_completed,
        cast(sum(case when activity = 'lead' then 1 else 0 end) as bigint) as leads_received
    from activities
    group by month, coalesce(owner_id, 'unknown')
)

select * from final
