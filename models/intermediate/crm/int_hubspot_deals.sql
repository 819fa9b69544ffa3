with deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'deals'
),

final as (
    select
        deals.deal_id,
        deals.deal_name,
        deals.deal_type,
        deals.closed_lost_reason,
        deals.pipeline_id,
        deals.stage_id,
        deals.stage_probability,
        deals.amount,
        deals.amount_in_home_currency,
        deals.acv,
        deals.currency,
        deals.close_at,
        deals.created_at,
        deals.owner_id,
        deals.analytics_source,
        deals.last_activity_at,
        deals.last_contacted_at,
        deals.next_activity_at,
        deals.activities,
        deals.updated_at
    from deals
    left join merged_ids on deals.deal_id = merged_ids.old_id
    where
        (not deals.is_archived or deals.archived_at > {{ as_of() }})
        and merged_ids.old_id is null
        and coalesce(deals.created_at <= {{ as_of() }}, true)
)

select * from final
