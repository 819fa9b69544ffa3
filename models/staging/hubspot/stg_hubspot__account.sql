with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'account')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'companyCurrency': 'VARCHAR'}) }} as account
    from current_rows
    where not deleted
),

final as (
    select
        id as account_id,
        lower({{ hubspot_text('account.companycurrency') }}) as home_currency
    from parsed
)

select * from final
