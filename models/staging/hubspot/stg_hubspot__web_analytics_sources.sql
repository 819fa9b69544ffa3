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
        {{ iso_to_date("report['date']") }} as period_start,
        lower({{ hubspot_text('report.breakdown') }}) as breakdown,
        {{ try_bigint('report.visits') }} as visits,
        {{ try_bigint('report.visitors') }} as visitors,
        {{ try_bigint('report.contacts') }} as contacts,
        {{ try_bigint('report.leads') }} as leads,
        {{ failed_casts([
            ["report['date']", iso_to_date("report['date']")],
            ['report.visits', try_bigint('report.visits')],
            ['report.visitors', try_bigint('report.visitors')],
            ['report.contacts', try_bigint('report.contacts')],
            ['report.leads', try_bigint('report.leads')],
        ]) }} as failed_casts
    from parsed
)

select * from final
