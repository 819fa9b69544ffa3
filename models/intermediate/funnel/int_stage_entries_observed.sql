with entries as (
    select * from {{ ref('int_lifecycle_entries') }}
),

-- Imports and migrations write a stage for many records at once, at the time of the job. They count only for a record
-- and stage without any other entry, and never as a cohort entry.
counted_entries as (
    select
        *,
        max(case when evidence != 'bulk' then 1 else 0 end) over (
            partition by object_type, record_id, stage
        ) = 1 as has_own_entry
    from entries
),

final as (
    select
        object_type,
        record_id,
        stage,
        max(stage_order) as stage_order,
        min(entered_at) as first_entered_at,
        max(case when not is_repeated then entered_at end) as last_entered_at,
        count(case when not is_repeated then 1 end) as entries,
        max(case when entry_rank = 1 then entry_source end) as entry_source,
        max(case when entry_rank = 1 then evidence end) as evidence,
        max(case when is_followed_by_earlier_stage then 1 else 0 end) = 1 as is_regressed
    from counted_entries
    where evidence != 'bulk' or not has_own_entry
    group by object_type, record_id, stage
)

select * from final
