with versions as (
    select
        id,
        payload,
        min({{ utc('extracted_at') }}) as observed_at
    from {{ source('raw_hubspot', 'companies') }}
    where not deleted
    group by id, payload
),

parsed as (
    select
        id,
        observed_at,
        {{ json_struct('payload', {
            'properties': {'notes_last_contacted': 'VARCHAR'},
            'propertiesWithHistory': {'notes_last_contacted': [{'value': 'VARCHAR', 'timestamp': 'VARCHAR'}]},
        }) }} as company
    from versions
),

entries as (
    select
        id,
        {{ explode('company.propertieswithhistory.notes_last_contacted') }} as entry
    from parsed
),

-- a value was known when HubSpot wrote it (its history says when), at the latest when it was read
sightings as (
    select
        id,
        {{ iso_to_timestamp('company.properties.notes_last_contacted') }} as contacted_at,
        observed_at as known_at
    from parsed
    union all
    select
        id,
        {{ iso_to_timestamp('entry.value') }} as contacted_at,
        {{ iso_to_timestamp("entry['timestamp']") }} as known_at
    from entries
),

final as (
    select
        id as company_id,
        contacted_at,
        min(known_at) as known_at
    from sightings
    where contacted_at is not null and known_at is not null
    group by id, contacted_at
)

select * from final
