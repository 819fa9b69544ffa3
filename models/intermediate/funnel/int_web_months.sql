with reports as (
    select * from {{ ref('stg_hubspot__web_analytics_sources') }}
    where period_start <= cast({{ local_time(as_of()) }} as date)
),

web_sources as (
    select * from {{ ref('web_sources') }}
),

-- A report leaves out what it counted none of; what no row of the whole report names was never counted.
measures as (
    select
        max(case when visitors is not null then 1 else 0 end) = 1 as has_visitors,
        max(case when visits is not null then 1 else 0 end) = 1 as has_visits,
        max(case when leads is not null then 1 else 0 end) = 1 as has_leads,
        max(case when contacts is not null then 1 else 0 end) = 1 as has_contacts
    from reports
),

final as (
    select
        cast(date_trunc('month', reports.period_start) as date) as month,
        coalesce(web_sources.source, upper(reports.breakdown), 'unknown') as source,
        case when measures.has_visitors then 'visitors' when measures.has_visits then 'visits' end as visitor_measure,
        case when measures.has_leads then 'leads' when measures.has_contacts then 'contacts' end as lead_measure,
        sum(case
            when measures.has_visitors then coalesce(reports.visitors, 0)
            when measures.has_visits then coalesce(reports.visits, 0)
        end) as visitors,
        sum(case
            when measures.has_leads then coalesce(reports.leads, 0)
            when measures.has_contacts then coalesce(reports.contacts, 0)
        end) as leads
    from reports
    cross join measures
    left join web_sources on reports.breakdown = web_sources.breakdown
    group by 1, 2, 3, 4
)

select * from final
