-- A won or lost deal without a close date is in no month of sales_performance: worth a look in the CRM.
{{ config(severity='warn') }}

select
    deal_id,
    outcome
from {{ ref('fct_deals') }}
where outcome != 'open' and closed_on is null
