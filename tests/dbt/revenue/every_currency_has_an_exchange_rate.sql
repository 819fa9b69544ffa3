{{ config(severity='warn') }}

-- Money without a rate into the reporting currency is missing from every total: say so instead of counting it as zero.
select
    currency,
    month,
    sum(mrr) as mrr
from {{ ref('mrr_monthly') }}
where mrr > 0 and mrr_reporting is null
group by currency, month
