with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'campaigns')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        {{ json_struct('payload', {
            'properties': {
                'hs_name': 'VARCHAR',
                'hs_utm': 'VARCHAR',
                'hs_campaign_status': 'VARCHAR',
                'hs_currency_code': 'VARCHAR',
                'hs_start_date': 'VARCHAR',
                'hs_end_date': 'VARCHAR',
                'hs_spend_items_sum_amount': 'VARCHAR',
            },
            'budget': {'currencyCode': 'VARCHAR'},
        }) }} as campaign
    from current_rows
),

flattened as (
    select
        id,
        created_at,
        updated_at,
        deleted,
        campaign.budget.currencycode as budget_currency,
        campaign.properties as properties
    from parsed
),

final as (
    select
        id as campaign_id,
        {{ hubspot_text('properties.hs_name') }} as campaign_name,
        {{ hubspot_text('properties.hs_utm') }} as utm_campaign,
        {{ hubspot_text('properties.hs_campaign_status') }} as status,
        lower(coalesce({{ hubspot_text('budget_currency') }}, {{ hubspot_text('properties.hs_currency_code') }})) as currency,
        {{ hubspot_date('properties.hs_start_date') }} as starts_on,
        {{ hubspot_date('properties.hs_end_date') }} as ends_on,
        try_cast({{ hubspot_text('properties.hs_spend_items_sum_amount') }} as decimal(18, 4)) as spend_total,
        created_at,
        updated_at,
        deleted as is_archived,
        {{ failed_casts([
            ['properties.hs_start_date', hubspot_date('properties.hs_start_date')],
            ['properties.hs_end_date', hubspot_date('properties.hs_end_date')],
            [
                'properties.hs_spend_items_sum_amount',
                'try_cast(' ~ hubspot_text('properties.hs_spend_items_sum_amount') ~ ' as decimal(18, 4))',
            ],
        ]) }} as failed_casts
    from flattened
)

select * from final
