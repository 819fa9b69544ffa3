{%- set text = dbt.type_string() -%}

with risks as (
    select * from {{ ref('int_deal_risks') }}
    where is_overdue or is_inactive or is_stuck or is_pushed
),

companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

owners as (
    select * from {{ ref('stg_hubspot__owners') }}
),

worded as (
    select
        *,
        case when is_overdue then '; close date overdue by ' || cast(days_overdue as {{ text }}) || ' days' else '' end
        || case
            when is_inactive then '; no activity for ' || cast(days_without_activity as {{ text }}) || ' days'
            else ''
        end
        || case
            when is_stuck
                then
                    '; ' || cast(cast(floor(days_in_stage) as bigint) as {{ text }}) || ' days in '
                    || coalesce(stage_label, stage_id) || ', three of four won deals needed at most '
                    || cast(cast(floor(stage_p75_days) as bigint) as {{ text }})
            else ''
        end
        || case
            when is_pushed then '; close date pushed ' || cast(times_pushed as {{ text }}) || ' times'
            else ''
        end as all_reasons
    from risks
),

final as (
    select
        cast(row_number() over (
            order by worded.amount_home desc nulls last, worded.expected_close_on nulls last, worded.deal_id nulls last
        ) as bigint) as worth_rank,
        worded.deal_id,
        worded.deal_name,
        worded.company_id,
        companies.company_name,
        worded.owner_id,
        nullif(trim(coalesce(owners.first_name, '') || ' ' || coalesce(owners.last_name, '')), '') as owner_name,
        worded.segment,
        worded.pipeline_id,
        worded.stage_id,
        worded.stage_label,
        worded.amount_home,
        cast(worded.amount_home * worded.probability as decimal(18, 4)) as weighted_amount,
        worded.amount_missing_reason,
        worded.expected_close_on,
        worded.is_overdue,
        worded.is_inactive,
        worded.is_stuck,
        worded.is_pushed,
        substring(worded.all_reasons, 3) as reasons,
        worded.days_overdue,
        worded.last_activity_at,
        worded.next_activity_at,
        worded.days_without_activity,
        worded.days_in_stage,
        worded.stage_p75_days,
        worded.stage_won_deals,
        worded.times_pushed
    from worded
    left join companies on worded.company_id = companies.company_id
    left join owners on worded.owner_id = owners.owner_id
)

select * from final
order by worth_rank
