{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false, on_schema_change='fail') }}

-- Insert-only: what a closed month comes to today, less what was closed and restated of it before. An incremental build looks
-- at what it rebuilt: the rest is as the last build left it, restated then.
-- After the seals, so that nothing is restated while rows of a close are not what was written.
-- depends_on: {{ ref('int_close_seals') }}
with state as (
    select * from {{ ref('int_close_state') }}
),

months as (
    select * from {{ ref('int_close_months') }}
    where is_closed
),

closed as (
    select
        month,
        customer_id,
        currency,
        mrr,
        case when reporting_currency = '{{ reporting_currency() }}' then mrr_reporting end as mrr_reporting,
        list_mrr
    from {{ touched_months(ref('mrr_close')) }}
),

restated as (
    select
        month,
        customer_id,
        currency,
        max(restatement_number) as restatements,
        sum(delta) as delta,
        sum(case when reporting_currency = '{{ reporting_currency() }}' then delta_reporting end) as delta_reporting,
        sum(delta_list_mrr) as delta_list_mrr
    from {{ touched_months(left_by_last_run('marts', 'mrr_restatements', {
        'month': 'date', 'customer_id': dbt.type_string(), 'currency': dbt.type_string(), 'reporting_currency': dbt.type_string(),
        'restatement_number': 'bigint', 'delta': money_type(), 'delta_reporting': money_type(), 'delta_list_mrr': money_type(),
    })) }} as restatements
    group by month, customer_id, currency
),

today as (
    select
        mrr_monthly.month,
        mrr_monthly.customer_id,
        mrr_monthly.currency,
        mrr_monthly.mrr,
        case when months.reporting_currency = '{{ reporting_currency() }}' then mrr_monthly.mrr_reporting end as mrr_reporting,
        mrr_monthly.list_mrr
    from {{ touched_months(ref('mrr_monthly')) }} as mrr_monthly
    inner join months on mrr_monthly.month = months.month
),

-- each of the three may be missing: customers turn up in closed months, vanish from them, or change their currency
compared as (
    select
        month,
        customer_id,
        currency,
        coalesce(restated.restatements, 0) + 1 as restatement_number,
        coalesce(closed.mrr, 0) + coalesce(restated.delta, 0) as mrr_before,
        coalesce(today.mrr, 0) as mrr_after,
        coalesce(closed.mrr_reporting, 0) + coalesce(restated.delta_reporting, 0) as mrr_reporting_before,
        coalesce(today.mrr_reporting, 0) as mrr_reporting_after,
        today.mrr is not null and today.mrr_reporting is null as has_no_rate,
        coalesce(closed.list_mrr, 0) + coalesce(restated.delta_list_mrr, 0) as list_mrr_before,
        coalesce(today.list_mrr, 0) as list_mrr_after
    from closed
    full outer join restated using (month, customer_id, currency)
    full outer join today using (month, customer_id, currency)
),

differing as (
    select
        compared.*,
        case
            when state.rule_version <> '{{ rule_version() }}' then 'rules ' || state.rule_version || ' -> {{ rule_version() }}'
        end as new_rules
    from compared
    cross join state
    where
        not state.is_looking_back
        and (
            compared.mrr_before <> compared.mrr_after
            or compared.mrr_reporting_before <> compared.mrr_reporting_after
            or compared.list_mrr_before <> compared.list_mrr_after
        )
),

causes as (
    select
        objects.customer_id,
        {{ joined_texts("objects.object_id || ' (' || objects.object_type || ')'") }} as caused_by
    from {{ ref('int_close_objects') }} as objects
    inner join state on objects.arrived_at > state.inputs_until
    where objects.customer_id in (select differing.customer_id from differing)
    group by objects.customer_id
)

select
    differing.month,
    {{ month_start(as_of()) }} as month_found,
    differing.customer_id,
    differing.currency,
    cast(differing.restatement_number as bigint) as restatement_number,
    cast(differing.mrr_before as {{ money_type() }}) as mrr_before,
    cast(differing.mrr_after as {{ money_type() }}) as mrr_after,
    cast(differing.mrr_after - differing.mrr_before as {{ money_type() }}) as delta,
    cast(
        case
            when differing.has_no_rate and differing.mrr_reporting_before = 0 then null
            when coalesce(months.reporting_currency, '{{ reporting_currency() }}') = '{{ reporting_currency() }}'
                then differing.mrr_reporting_after - differing.mrr_reporting_before
        end as {{ money_type() }}
    ) as delta_reporting,
    cast(differing.list_mrr_after - differing.list_mrr_before as {{ money_type() }}) as delta_list_mrr,
    '{{ reporting_currency() }}' as reporting_currency,
    case
        when differing.new_rules is not null and causes.caused_by is not null
            then differing.new_rules || ', and new versions of objects'
        when differing.new_rules is not null then differing.new_rules
        when differing.mrr_before = differing.mrr_after and differing.list_mrr_before = differing.list_mrr_after
            then 'exchange rate'
        when causes.caused_by is not null then 'new versions of objects'
        else 'no new object: the passing of time, or an edited seed'
    end as reason,
    cast(causes.caused_by as {{ dbt.type_string() }}) as caused_by,
    {{ as_of() }} as found_at,
    '{{ rule_version() }}' as rule_version
from differing
left join causes on differing.customer_id = causes.customer_id
left join months on differing.month = months.month
