with observed as (
    select * from {{ ref('int_stage_entries_observed') }}
),

imputed as (
    select * from {{ ref('int_stage_entries_imputed') }}
),

present_stages as (
    select * from {{ ref('int_stage_spans') }}
    where valid_to is null
),

all_stages as (
    select
        object_type,
        record_id,
        stage,
        stage_order,
        first_entered_at,
        last_entered_at,
        entries,
        false as is_imputed,
        entry_source,
        evidence,
        evidence in ('history', 'date_property') as is_cohort_entry,
        is_regressed
    from observed
    union all
    select
        object_type,
        record_id,
        stage,
        stage_order,
        implied_at as first_entered_at,
        implied_at as last_entered_at,
        0 as entries,
        true as is_imputed,
        'LATER_STAGE' as entry_source,
        'imputed' as evidence,
        false as is_cohort_entry,
        false as is_regressed
    from imputed
),

final as (
    select
        all_stages.object_type,
        all_stages.record_id,
        all_stages.stage,
        cast(all_stages.stage_order as bigint) as stage_order,
        all_stages.first_entered_at,
        all_stages.last_entered_at,
        cast(all_stages.entries as bigint) as entries,
        all_stages.is_imputed,
        all_stages.entry_source,
        all_stages.evidence,
        all_stages.is_cohort_entry,
        all_stages.is_regressed,
        present_stages.record_id is not null as is_current
    from all_stages
    left join present_stages
        on
            all_stages.object_type = present_stages.object_type
            and all_stages.record_id = present_stages.record_id
            and all_stages.stage = present_stages.stage
)

select * from final
