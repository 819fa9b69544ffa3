with associations as (
    select * from {{ ref('stg_hubspot__contacts_companies') }}
    where is_primary
),

contacts as (
    select contact_id from {{ ref('int_hubspot_contacts') }}
),

companies as (
    select company_id from {{ ref('int_hubspot_companies') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
),

surviving_pairs as (
    select distinct
        coalesce(merged_contacts.surviving_id, associations.contact_id) as contact_id,
        coalesce(merged_companies.surviving_id, associations.company_id) as company_id,
        merged_contacts.surviving_id is null as is_own_association
    from associations
    left join merged_ids as merged_contacts
        on associations.contact_id = merged_contacts.old_id and merged_contacts.object_type = 'contacts'
    left join merged_ids as merged_companies
        on associations.company_id = merged_companies.old_id and merged_companies.object_type = 'companies'
),

-- A contact has one primary company; where a merge brought a second, the surviving contact's own one stands, else one that is
-- still there.
ranked as (
    select
        surviving_pairs.contact_id,
        surviving_pairs.company_id,
        companies.company_id is null as is_company_gone,
        row_number() over (
            partition by surviving_pairs.contact_id
            order by
                surviving_pairs.is_own_association desc nulls last,
                case when companies.company_id is null then 1 else 0 end nulls last,
                {{ try_bigint('surviving_pairs.company_id') }} nulls last,
                surviving_pairs.company_id nulls last
        ) as company_rank
    from surviving_pairs
    inner join contacts on surviving_pairs.contact_id = contacts.contact_id
    left join companies on surviving_pairs.company_id = companies.company_id
),

final as (
    select
        contact_id,
        company_id,
        is_company_gone
    from ranked
    where company_rank = 1
)

select * from final
