with campaign_spend as (
    select * from {{ ref('int_campaign_spend') }}
),

cost_rows as (
    select * from {{ ref('int_cost_rows') }}
    where problem is null and month <= {{ month_start(as_of()) }}
),

campaign_contacts as (
    select * from {{ ref('int_campaign_contacts') }}
),

segments as (
    select
        record_id as contact_id,
        segment
    from {{ ref('int_record_dimensions') }}
    where object_type = 'contacts'
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

first_rates as (
    select min(month) as month from rates
),

all_costs as (
    select
        'marketing' as kind,
        campaign_id,
        month,
        cast(null as {{ dbt.type_string() }}) as source,
        cast(null as {{ dbt.type_string() }}) as segment,
        amount,
        currency
    from campaign_spend
    union all
    select
        kind,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        month,
        source,
        segment,
        amount,
        currency
    from cost_rows
),

-- Rates are known from the first subscription on; what was spent before it is converted at the first of them.
converted as (
    select
        all_costs.*,
        cast(
            all_costs.amount
            * case when all_costs.currency = '{{ reporting_currency() }}' then 1 else rates.rate end
            as {{ money_type() }}
        ) as amount_reporting
    from all_costs
    cross join first_rates
    left join rates
        on all_costs.currency = rates.currency and rates.month = greatest(all_costs.month, first_rates.month)
),

-- A campaign has neither source nor segment of its own: it has those of its leads, in their proportion. Of whom nothing is known
-- may be of any: that part is shared by all new customers.
lead_groups as (
    select
        campaign_contacts.campaign_id,
        nullif(campaign_contacts.source, 'unknown') as source,
        nullif(segments.segment, 'unknown') as segment,
        count(*) as leads,
        sum(count(*)) over (partition by campaign_contacts.campaign_id) as campaign_leads
    from campaign_contacts
    inner join segments on campaign_contacts.contact_id = segments.contact_id
    group by 1, 2, 3
),

final as (
    select
        converted.kind,
        converted.campaign_id,
        converted.month,
        coalesce(converted.source, lead_groups.source) as source,
        coalesce(converted.segment, lead_groups.segment) as segment,
        converted.currency,
        case
            when lead_groups.campaign_id is null then converted.amount_reporting
            else
                {{ divide_exact(
                    'converted.amount_reporting * cast(lead_groups.leads as decimal(10, 0))', 'lead_groups.campaign_leads'
                ) }}
        end as amount_reporting
    from converted
    left join lead_groups on converted.campaign_id = lead_groups.campaign_id
)

select * from final
