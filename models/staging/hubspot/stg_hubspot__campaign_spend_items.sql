with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'campaigns')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'budget': {'spendItems': [{
            'id': 'VARCHAR',
            'name': 'VARCHAR',
            'amount': 'VARCHAR',
            'createdAt': 'VARCHAR',
        }]}}) }}.budget as budget
    from current_rows
),

items as (
    select
        id,
        {{ explode_with_position('budget.spenditems', 'position', 'item') }}
    from parsed
),

final as (
    select
        id as campaign_id,
        cast(position as bigint) as position,
        {{ hubspot_text('item.id') }} as spend_item_id,
        {{ hubspot_text('item.name') }} as item_name,
        try_cast({{ hubspot_text('item.amount') }} as decimal(18, 4)) as amount,
        {{ hubspot_time('item.createdat') }} as entered_at,
        {{ failed_casts([
            ['item.amount', 'try_cast(' ~ hubspot_text('item.amount') ~ ' as decimal(18, 4))'],
            ['item.createdat', hubspot_time('item.createdat')],
        ]) }} as failed_casts
    from items
)

select * from final
