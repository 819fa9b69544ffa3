{%- set acv = 'cast(12 * mrr_reporting as ' ~ money_type() ~ ')' -%}
with customer_months as (
    select
        month,
        sales_motion,
        mrr_reporting,
        {{ acv }} as acv,
        case
            when {{ acv }} < {{ policy_number('acv_self_serve_max') }} then 'self_serve_size'
            when {{ acv }} < {{ policy_number('acv_sales_led_min') }} then 'between'
            else 'sales_led_size'
        end as acv_band
    from {{ ref('int_customer_months') }}
    where mrr_reporting > 0
),

banded as (
    select
        month,
        sales_motion,
        acv_band,
        mrr_reporting,
        acv
    from customer_months
    union all
    select
        month,
        sales_motion,
        'all' as acv_band,
        mrr_reporting,
        acv
    from customer_months
),

motions as (
    select
        month,
        sales_motion,
        acv_band,
        count(*) as customers,
        sum(mrr_reporting) as mrr,
        {{ divide_exact('sum(acv)', 'count(*)') }} as acv_mean,
        {{ percentile('acv', 0.5) }} as acv_median
    from banded
    group by month, sales_motion, acv_band
),

month_totals as (
    select
        month,
        count(*) as customers,
        sum(mrr_reporting) as mrr
    from customer_months
    group by month
),

final as (
    select
        motions.month,
        motions.sales_motion,
        motions.acv_band,
        cast(motions.customers as bigint) as customers,
        cast(motions.mrr as {{ money_type() }}) as mrr,
        cast(motions.acv_mean as {{ money_type() }}) as acv_mean,
        cast(motions.acv_median as {{ money_type() }}) as acv_median,
        {{ ratio('motions.customers', 'month_totals.customers') }} as customer_share,
        {{ money_ratio('motions.mrr', 'month_totals.mrr') }} as mrr_share
    from motions
    inner join month_totals on motions.month = month_totals.month
)

select * from final
