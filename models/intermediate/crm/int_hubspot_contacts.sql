{{ config(meta={'dates': {'stg_hubspot__contacts': ['created_at', 'archived_at']}}) }}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'contacts'
),

-- A merge may give the surviving record a new date: it is as old as the oldest record that went up in it.
first_created as (
    select
        merged_ids.surviving_id,
        min(contacts.created_at) as created_at
    from merged_ids
    inner join contacts on merged_ids.old_id = contacts.contact_id
    group by merged_ids.surviving_id
),

dated as (
    select
        contacts.contact_id,
        least(contacts.created_at, coalesce(first_created.created_at, contacts.created_at)) as created_at
    from contacts
    left join first_created on contacts.contact_id = first_created.surviving_id
),

-- Nothing tells when two records were merged, so merges are not undone for an earlier as_of; archiving is, where dated.
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
        dated.created_at,
        contacts.updated_at
    from contacts
    inner join dated on contacts.contact_id = dated.contact_id
    left join merged_ids on contacts.contact_id = merged_ids.old_id
    where
        (not contacts.is_archived or contacts.archived_at > {{ as_of() }})
        and merged_ids.old_id is null
        and coalesce(dated.created_at <= {{ as_of() }}, true)
)

select * from final
