with companies as (
    select * from {{ ref('int_hubspot_companies') }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

domains as (
    select
        company_id,
        domain
    from companies
    union all
    select
        company_id,
        {{ explode(split_text('additional_domains', ';')) }} as domain
    from companies
),

-- Integrations write whole addresses into the property: the host is what counts.
hosts as (
    select
        company_id,
        split_part(replace(replace(trim(domain), 'https://', ''), 'http://', ''), '/', 1) as host
    from domains
),

cleaned as (
    select distinct
        company_id,
        case when host like 'www.%' then substring(host, 5) else host end as domain
    from hosts
    where {{ hubspot_text('host') }} is not null
),

final as (
    select
        cleaned.company_id,
        cleaned.domain,
        count(*) over (partition by cleaned.domain) as companies_with_domain,
        row_number() over (
            partition by cleaned.domain order by {{ try_bigint('cleaned.company_id') }} nulls last, cleaned.company_id nulls last
        ) as domain_rank,
        free_mail_domains.domain is not null as is_free_mail
    from cleaned
    left join free_mail_domains on cleaned.domain = free_mail_domains.domain
)

select * from final
