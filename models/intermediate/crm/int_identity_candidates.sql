with candidates as (
    select * from {{ ref('int_identity_manual') }}
    where coalesce(rejected_reason, '') != 'customer_not_found'
    union all
    select * from {{ ref('int_identity_metadata') }}
    union all
    select * from {{ ref('int_identity_email') }}
    union all
    select * from {{ ref('int_identity_domain') }}
),

-- Valid ones first: what somebody decided,
-- then by confidence (metadata, main e-mail, further e-mail, domain); then the oldest contact (ids grow).
ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by
                case when rejected_reason is null then 0 else 1 end nulls last,
                case when method = 'manual' then 0 else 1 end nulls last,
                confidence desc nulls last,
                {{ try_bigint('contact_id') }} nulls last,
                contact_id nulls last,
                {{ try_bigint('hubspot_company_id') }} nulls last,
                hubspot_company_id nulls last
        ) as candidate_rank
    from candidates
),

final as (
    select
        customer_id,
        cast(candidate_rank as bigint) as candidate_rank,
        method,
        confidence,
        evidence,
        contact_id,
        hubspot_company_id,
        rejected_reason is null and candidate_rank = 1 as is_chosen,
        coalesce(rejected_reason, case when candidate_rank > 1 then 'outranked' end) as rejected_reason
    from ranked
)

select * from final
