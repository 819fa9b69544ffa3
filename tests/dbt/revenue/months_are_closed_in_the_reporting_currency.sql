{{ config(severity='warn') }}

select
    reporting_currency,
    min(month) as first_month,
    max(month) as last_month
from {{ ref('int_close_months') }}
where is_closed and reporting_currency <> '{{ reporting_currency() }}'
group by reporting_currency
