with lifecycle_values as (
    select * from {{ ref('int_lifecycle_values') }}
),

entries as (
    select * from {{ ref('int_lifecycle_entries') }}
),

records as (
    select
        'contacts' as object_type,
        contact_id as record_id,
        lifecycle_stage,
        created_at,
        updated_at
    from {{ ref('int_hubspot_contacts') }}
    union all
    select
        'companies' as object_type,
        company_id as record_id,
        lifecycle_stage,
        created_at,
        updated_at
    from {{ ref('int_hubspot_companies') }}
),

stage_map as (
    select * from {{ ref('lifecycle_stages') }}
),

-- A cleared stage ends the one before it: it is a change too, though no entry.
changes as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        position,
        case when entry_source in ('IMPORT', 'MIGRATION') then 'bulk' else 'history' end as evidence
    from lifecycle_values
    union all
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at,
        position,
        evidence
    from entries
    where evidence = 'date_property'
),

dated_records as (
    select distinct
        object_type,
        record_id
    from changes
),

-- Where nothing says when, the present value stands from now on: it must not speak of a time that it may not have seen.
undated as (
    select
        records.object_type,
        records.record_id,
        coalesce(stage_map.stage, records.lifecycle_stage) as stage,
        stage_map.stage_order,
        {{ as_of() }} as entered_at,
        cast(null as bigint) as position,
        'present_value' as evidence
    from records
    left join dated_records
        on records.object_type = dated_records.object_type and records.record_id = dated_records.record_id
    left join stage_map on records.lifecycle_stage = stage_map.source_stage
    where
        dated_records.record_id is null
        and records.lifecycle_stage is not null
        and coalesce(records.updated_at <= {{ as_of() }}, true)
),

all_changes as (
    select * from changes
    union all
    select * from undated
),

spans as (
    select
        *,
        lead(entered_at) over (
            partition by object_type, record_id
            order by entered_at nulls last, position desc nulls last, stage_order nulls last, stage nulls last
        ) as left_at
    from all_changes
),

final as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        entered_at as valid_from,
        left_at as valid_to,
        evidence
    from spans
    where stage is not null and (left_at is null or left_at > entered_at)
)

select * from final
