with lifecycle_values as (
    select * from {{ ref('int_lifecycle_values') }}
),

entries as (
    select * from {{ ref('int_lifecycle_entries') }}
    where evidence = 'date_property'
),

present_stages as (
    select * from {{ ref('int_present_stages') }}
),

dated_records as (
    select
        object_type,
        record_id
    from lifecycle_values
    union
    select
        object_type,
        record_id
    from entries
),

-- Where nothing says when, the present value stands from now on: it must not speak of a time that it may not have seen.
final as (
    select
        present_stages.object_type,
        present_stages.record_id,
        present_stages.stage,
        present_stages.stage_order,
        {{ as_of() }} as entered_at
    from present_stages
    left join dated_records
        on present_stages.object_type = dated_records.object_type and present_stages.record_id = dated_records.record_id
    where dated_records.record_id is null and coalesce(present_stages.updated_at <= {{ as_of() }}, true)
)

select * from final
