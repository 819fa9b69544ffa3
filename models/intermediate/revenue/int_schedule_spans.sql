{% set keys = ["schedule_id", "version_id", "observed_at", "phase_position"] -%}
with items as (
    select * from {{ ref('int_schedule_items') }}
),

amounts as (
    select * from {{ ref('int_schedule_item_amounts') }}
),

phase_amounts as (
    select
        {{ keys | join(", ") }},
        case when count(item_mrr) = count(*) then cast(sum(item_mrr) as {{ money_type() }}) end as phase_mrr
    from amounts
    group by {{ keys | join(", ") }}
),

phases as (
    select
        items.schedule_id,
        items.version_id,
        items.observed_at,
        items.customer_id,
        items.subscription_id,
        items.created_at,
        items.is_last,
        -- a phase while it runs, as far as the version holds and the schedule has not been given up
        greatest(items.known_from, items.started_at) as valid_from,
        least(
            items.ended_at, coalesce(items.known_to, items.ended_at), coalesce(items.closed_at, items.ended_at)
        ) as valid_to,
        phase_amounts.phase_mrr,
        case when items.end_behavior = 'cancel' then 0 else phase_amounts.phase_mrr end as mrr_after_it
    from items
    inner join phase_amounts
        on
            items.schedule_id = phase_amounts.schedule_id
            and items.version_id = phase_amounts.version_id
            and items.observed_at = phase_amounts.observed_at
            and items.phase_position = phase_amounts.phase_position
    where items.item_position = 0
),

running as (
    select
        phases.*,
        ends.mrr_after_it as coming_mrr
    from phases
    inner join phases as ends
        on
            phases.schedule_id = ends.schedule_id
            and phases.version_id = ends.version_id
            and phases.observed_at = ends.observed_at
            and ends.is_last
    where phases.valid_from < phases.valid_to
),

-- a subscription has one schedule at a time: should two overlap, the phase that began last holds
followed as (
    select
        *,
        lead(valid_from) over (
            partition by subscription_id
            order by valid_from nulls last, created_at nulls last, schedule_id nulls last
        ) as followed_at
    from running
),

final as (
    select
        customer_id,
        subscription_id,
        valid_from,
        least(valid_to, coalesce(followed_at, valid_to)) as valid_to,
        phase_mrr as current_mrr,
        coming_mrr
    from followed
    where
        (followed_at is null or valid_from < followed_at)
        and (coming_mrr = 0 or coming_mrr <> phase_mrr)
)

select * from final
