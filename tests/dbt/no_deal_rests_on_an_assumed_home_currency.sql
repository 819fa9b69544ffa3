{{ config(severity='warn') }}

-- Where neither HubSpot nor its deals say what the home currency is, amounts in it are taken for the reporting currency: 100,000
-- kronor would be 100,000 dollars. Set crm_home_currency, or let the token read the account's details.
select
    deals.deal_id,
    deals.currency,
    home.home_currency
from {{ ref('int_hubspot_deals') }} as deals
cross join {{ ref('int_crm_home_currency') }} as home
where
    home.evidence = 'assumed'
    and coalesce(deals.currency, '') != home.home_currency
    and coalesce(deals.amount, deals.amount_in_home_currency) != 0
