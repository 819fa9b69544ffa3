with entries as (
    select * from {{ ref('int_stage_entries_observed') }}
    where object_type = 'contacts' and evidence in ('history', 'date_property')
),

contacts as (
    select * from {{ ref('int_record_dimensions') }}
    where object_type = 'contacts'
),

transitions as (
    select * from {{ ref('int_funnel_transitions') }}
),

entered as (
    select
        entries.record_id as contact_id,
        entries.first_entered_at as entered_at,
        {{ month_start('entries.first_entered_at') }} as cohort_month,
        transitions.from_stage,
        transitions.to_stage,
        transitions.window_days
    from entries
    inner join transitions on entries.stage = transitions.from_stage
),

-- A later stage that was reached before the earlier one (a reversed order) is no conversion of it.
converted as (
    select
        entered.*,
        case
            when
                reached.first_entered_at >= entered.entered_at
                and reached.first_entered_at <= {{ add_days('entered.entered_at', 'entered.window_days') }}
                then reached.first_entered_at
        end as converted_at
    from entered
    left join entries as reached
        on entered.contact_id = reached.record_id and entered.to_stage = reached.stage
),

final as (
    select
        converted.contact_id,
        converted.cohort_month,
        converted.from_stage,
        converted.to_stage,
        converted.window_days,
        converted.entered_at,
        converted.converted_at,
        {{ days_between('converted.entered_at', 'converted.converted_at') }} as days_to_convert,
        {{ add_days(utc_midnight(add_months('converted.cohort_month', 1)), 'converted.window_days') }} <= {{ as_of() }}
            as is_mature,
        contacts.segment,
        contacts.source,
        contacts.owner
    from converted
    inner join contacts on converted.contact_id = contacts.record_id
)

select * from final
