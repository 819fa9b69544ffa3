with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'web_analytics_sources')) }} as versions
),

parsed as (
    select
        {{ json_struct('payload', {
            'date': 'VARCHAR',
            'breakdown': 'VARCHAR',
            'visits': 'VARCHAR',
            'visitors': 'VARCHAR',
            'contacts': 'VARCHAR',
            'leads': 'VARCHAR',
        }) }} as report
    from current_rows
    where not deleted
),

final as (
    select
        try_cast(report['date'] as date) as period_start,
        lower({{ hubspot_text('report.breakdown') }}) as breakdown,
        try_cast(report.visits as bigint) as visits,
        try_cast(report.visitors as bigint) as visitors,
        try_cast(report.contacts as bigint) as contacts,
        try_cast(report.leads as bigint) as leads,
        {{ failed_casts([
            ["report['date']", "try_cast(report['date'] as date)"],
            ['report.visits', 'try_cast(report.visits as bigint)'],
            ['report.visitors', 'try_cast(report.visitors as bigint)'],
            ['report.contacts', 'try_cast(report.contacts as bigint)'],
            ['report.leads', 'try_cast(report.leads as bigint)'],
        ]) }} as failed_casts
    from parsed
)

select * from final
