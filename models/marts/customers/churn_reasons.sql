{%- set sources = ['stripe_reason', 'stripe_feedback', 'stripe_status', 'hubspot_company', 'hubspot_deal'] -%}
with churns as (
    select * from {{ ref('fct_mrr_movements') }}
    where movement = 'churn'
),

evidence as (
    select
        *,
        case source
            {% for source in sources -%}
            when '{{ source }}' then {{ loop.index }}
            {% endfor %}
        end as source_rank
    from {{ ref('int_churn_evidence') }}
),

attributes as (
    select * from {{ ref('int_customer_attributes') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

-- the first source that names a cause; "other" only where none does
ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, month, currency
            order by case when cause = 'other' then 1 else 0 end, source_rank nulls last
        ) as preference
    from evidence
    where cause is not null
),

-- a value that the seed does not know may be a text that a person wrote: it is counted here, and not shown
told as (
    select
        customer_id,
        month,
        currency,
        {% for source in sources -%}
        max(case when source = '{{ source }}' and cause is not null then value end) as {{ source }},
        {% endfor -%}
        count(distinct case when cause <> 'other' then cause end) > 1 as is_contradictory,
        {{ joined_texts("case when cause is null then source end") }} as unmapped_sources
    from evidence
    group by customer_id, month, currency
),

final as (
    select
        churns.customer_id,
        churns.month,
        churns.currency,
        customers.hubspot_company_id,
        customers.segment,
        customers.sales_motion,
        attributes.pricing_model,
        churns.amount,
        churns.amount_reporting,
        coalesce(ranked.cause, 'unknown') as cause,
        case when ranked.cause = 'payment_failed' then false when ranked.cause is not null then true end as is_voluntary,
        ranked.source as cause_source,
        {% for source in sources -%}
        told.{{ source }},
        {% endfor -%}
        coalesce(told.is_contradictory, false) as is_contradictory,
        told.unmapped_sources
    from churns
    left join customers on churns.customer_id = customers.customer_id
    left join attributes on churns.customer_id = attributes.customer_id
    left join told
        on churns.customer_id = told.customer_id and churns.month = told.month and churns.currency = told.currency
    left join ranked
        on
            churns.customer_id = ranked.customer_id
            and churns.month = ranked.month
            and churns.currency = ranked.currency
            and ranked.preference = 1
)

select * from final
