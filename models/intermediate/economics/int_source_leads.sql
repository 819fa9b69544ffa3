{#- Days from lead to customer that a lead gets before it counts in a rate: the windows of the three conversions together. -#}
{%- set ripe_days = var('window_days_lead_to_mql') + var('window_days_mql_to_sql') + var('window_days_sql_to_customer') -%}

with entries as (
    select * from {{ ref('fct_funnel_stage_entries') }}
    where first_entered_at <= {{ as_of() }}
),

contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

-- A stage that is only concluded has the instant of the entry that it is concluded from.
dated as (
    select
        *,
        max(case when is_cohort_entry then 1 else 0 end) over (partition by contact_id, first_entered_at) = 1 as is_own_step
    from entries
),

-- An import is no lead that a source brought, nor is who was imported at a later stage.
leads as (
    select
        contact_id,
        first_entered_at
    from dated
    where stage = 'lead' and evidence != 'bulk' and is_own_step
),

reached as (
    select
        contact_id,
        max(case when stage = 'marketingqualifiedlead' then 1 else 0 end) = 1 as is_mql,
        max(case when stage = 'salesqualifiedlead' then 1 else 0 end) = 1 as is_sql,
        max(case when stage = 'customer' then 1 else 0 end) = 1 as is_won
    from entries
    group by contact_id
),

final as (
    select
        leads.contact_id,
        coalesce(contacts.analytics_source, 'unknown') as source,
        leads.first_entered_at as became_lead_at,
        leads.first_entered_at <= {{ add_days(as_of(), -ripe_days) }} as is_mature,
        reached.is_mql,
        reached.is_sql,
        reached.is_won
    from leads
    inner join contacts on leads.contact_id = contacts.contact_id
    inner join reached on leads.contact_id = reached.contact_id
)

select * from final
