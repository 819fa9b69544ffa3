with deals as (
    select * from {{ ref('int_hubspot_deals') }}
),

history as (
    select * from {{ ref('stg_hubspot__deal_stage_history') }}
),

known_history as (
    select
        deal_id,
        stage_id,
        entered_at,
        row_number() over (partition by deal_id order by entered_at desc nulls last, position nulls last) as recency
    from history
    where entered_at <= {{ as_of() }} and stage_id is not null
),

moved_later as (
    select distinct deal_id
    from history
    where entered_at > {{ as_of() }}
),

-- The deal's own property is its stage, unless the deal moved after as_of: then the stage it stood in at that time, where that is
-- known.
present_stages as (
    select
        deals.deal_id,
        case
            when moved_later.deal_id is not null then known_history.stage_id
            else deals.stage_id
        end as stage_id,
        known_history.entered_at as last_entered_at,
        moved_later.deal_id is not null as is_rewound
    from deals
    left join known_history on deals.deal_id = known_history.deal_id and known_history.recency = 1
    left join moved_later on deals.deal_id = moved_later.deal_id
),

-- After a merge the newest entry may be one of the deal that lost.
own_entries as (
    select
        present_stages.deal_id,
        max(known_history.entered_at) as entered_at
    from present_stages
    inner join known_history
        on present_stages.deal_id = known_history.deal_id and present_stages.stage_id = known_history.stage_id
    group by present_stages.deal_id
),

final as (
    select
        present_stages.deal_id,
        present_stages.stage_id,
        coalesce(own_entries.entered_at, present_stages.last_entered_at) as stage_entered_at,
        present_stages.is_rewound
    from present_stages
    left join own_entries on present_stages.deal_id = own_entries.deal_id
)

select * from final
