with associations as (
    select * from {{ ref('stg_hubspot__deals_companies') }}
    where is_primary
),

deals as (
    select deal_id from {{ ref('int_hubspot_deals') }}
),

companies as (
    select company_id from {{ ref('int_hubspot_companies') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
),

surviving_pairs as (
    select distinct
        coalesce(merged_deals.surviving_id, associations.deal_id) as deal_id,
        coalesce(merged_companies.surviving_id, associations.company_id) as company_id,
        merged_deals.surviving_id is null as is_own_association
    from associations
    left join merged_ids as merged_deals
        on associations.deal_id = merged_deals.old_id and merged_deals.object_type = 'deals'
    left join merged_ids as merged_companies
        on associations.company_id = merged_companies.old_id and merged_companies.object_type = 'companies'
),

-- As for contacts: one primary company, the surviving deal's own one first. A company that is gone gives none.
ranked as (
    select
        surviving_pairs.deal_id,
        surviving_pairs.company_id,
        row_number() over (
            partition by surviving_pairs.deal_id
            order by
                surviving_pairs.is_own_association desc nulls last,
                {{ try_bigint('surviving_pairs.company_id') }} nulls last,
                surviving_pairs.company_id nulls last
        ) as company_rank
    from surviving_pairs
    inner join deals on surviving_pairs.deal_id = deals.deal_id
    inner join companies on surviving_pairs.company_id = companies.company_id
),

final as (
    select
        deal_id,
        company_id
    from ranked
    where company_rank = 1
)

select * from final
