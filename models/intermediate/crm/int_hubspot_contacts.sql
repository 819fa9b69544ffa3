with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'contacts'
),

final as (
    select
        contacts.contact_id,
        contacts.email,
        contacts.additional_emails,
        contacts.lifecycle_stage,
        contacts.owner_id,
        contacts.analytics_source,
        contacts.analytics_source_data_1,
        contacts.analytics_source_data_2,
        contacts.created_at,
        contacts.updated_at
    from contacts
    left join merged_ids on contacts.contact_id = merged_ids.old_id
    where
        not contacts.is_archived
        and merged_ids.old_id is null
        and coalesce(contacts.created_at <= {{ as_of() }}, true)
)

select * from final
