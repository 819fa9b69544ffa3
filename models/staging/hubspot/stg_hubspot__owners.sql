with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'owners')) }} as versions
),

parsed as (
    select
        id,
        deleted,
        {{ json_struct('payload', {
            'email': 'VARCHAR',
            'firstName': 'VARCHAR',
            'lastName': 'VARCHAR',
        }) }} as owner
    from current_rows
),

final as (
    select
        id as owner_id,
        lower({{ hubspot_text('owner.email') }}) as email,
        {{ hubspot_text('owner.firstname') }} as first_name,
        {{ hubspot_text('owner.lastname') }} as last_name,
        deleted as is_archived
    from parsed
)

select * from final
