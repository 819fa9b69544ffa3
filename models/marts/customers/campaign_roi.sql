with campaigns as (
    select * from {{ ref('stg_hubspot__campaigns') }}
    where not is_archived and coalesce(created_at <= {{ as_of() }}, true)
),

spend as (
    select
        campaign_id,
        sum(amount_reporting) as amount,
        count(case when amount_reporting is null then 1 end) as unconverted
    from {{ ref('int_acquisition_costs') }}
    where campaign_id is not null
    group by campaign_id
),

leads as (
    select
        campaign_id,
        count(*) as leads
    from {{ ref('int_campaign_contacts') }}
    group by campaign_id
),

customers as (
    select
        campaign_id,
        count(distinct contact_id) as customers,
        sum(first_mrr) as new_mrr
    from {{ ref('int_customer_campaigns') }}
    group by campaign_id
),

-- How long customers stay is the company's figure, of its newest complete month: a campaign's are too few and too new.
stay as (
    select
        opening_customers,
        churned_customers,
        ltv_reason,
        gross_margin,
        row_number() over (order by month desc nulls last) as recency
    from {{ ref('int_customer_value') }}
    where dimension = 'all' and month < {{ month_start(as_of()) }}
),

joined as (
    select
        campaigns.*,
        case when spend.unconverted = 0 then spend.amount end as spend,
        coalesce(leads.leads, 0) as leads,
        coalesce(customers.customers, 0) as customers,
        coalesce(customers.new_mrr, 0) as new_mrr,
        stay.opening_customers,
        stay.churned_customers,
        stay.gross_margin,
        case
            when spend.campaign_id is null then 'no spend item of the campaign in HubSpot'
            when spend.unconverted > 0 then 'spend in a currency without exchange rate: add it to seeds/fx_rates.csv'
        end as spend_reason,
        case when stay.recency is null then 'no complete month with customers' else stay.ltv_reason end as stay_reason
    from campaigns
    left join spend on campaigns.campaign_id = spend.campaign_id
    left join leads on campaigns.campaign_id = leads.campaign_id
    left join customers on campaigns.campaign_id = customers.campaign_id
    left join stay on stay.recency = 1
),

valued as (
    select
        *,
        {{ divide_exact('spend', 'customers') }} as cac,
        {{ divide_exact(
            divide_exact('new_mrr', 'customers') ~ ' * gross_margin * cast(opening_customers as decimal(9, 0))',
            'churned_customers'
        ) }} as clv
    from joined
),

final as (
    select
        campaign_id,
        campaign_name,
        utm_campaign,
        status,
        starts_on,
        ends_on,
        cast(spend as {{ money_type() }}) as spend,
        cast(leads as bigint) as leads,
        cast(customers as bigint) as customers,
        {{ ratio('customers', 'leads') }} as conversion,
        {{ wilson_low('customers', 'leads') }} as conversion_low,
        {{ wilson_high('customers', 'leads') }} as conversion_high,
        cast({{ divide_exact('spend', 'leads') }} as {{ money_type() }}) as cost_per_lead,
        clv,
        cac,
        cast({{ divide_exact('clv', 'cac') }} as decimal(18, 8)) as ltv_to_cac,
        case
            when leads > 0 and customers = 0 and spend > 0 then cast(-1 as decimal(18, 8))
            else cast({{ divide_exact('clv * cast(customers as decimal(9, 0)) - spend', 'spend') }} as decimal(18, 8))
        end as roi,
        nullif(
            concat_ws(
                '; ',
                spend_reason,
                case
                    when leads = 0 then 'no contact names the campaign in its original source'
                    when customers = 0 then 'no lead of the campaign pays yet'
                end,
                stay_reason
            ), ''
        ) as not_computable_reason
    from valued
)

select * from final
