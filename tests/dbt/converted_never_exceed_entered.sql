select
    cohort_month,
    from_stage,
    dimension,
    dimension_value,
    entered,
    converted
from {{ ref('funnel_conversion') }}
where converted > entered or rate_low > conversion_rate or rate_high < conversion_rate
