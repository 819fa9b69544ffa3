{{ config(materialized='ephemeral') }}

-- What the last run left. Part of the statements that read it, so that it is never older than they are.
with closed as (
    select
        max(month) as closed_through,
        max(closed_at) as closed_at,
        max(inputs_until) as inputs_until,
        max(rule_version) as rule_version
    from {{ left_by_last_run('marts', 'mrr_close', {
        'month': 'date', 'closed_at': 'timestamp', 'inputs_until': 'timestamp', 'rule_version': dbt.type_string(),
    }) }} as closes
),

runs as (
    select
        judged_at,
        inputs_until,
        rule_version,
        row_number() over (order by run_number desc nulls last) as recency
    from {{ left_by_last_run('intermediate', 'int_close_runs', {
        'run_number': 'bigint', 'judged_at': 'timestamp', 'inputs_until': 'timestamp', 'rule_version': dbt.type_string(),
    }) }} as log
),

last_run as (
    select * from runs
    where recency = 1
)

-- a run that died right after the first close has no log yet: the close knows the same
select
    closed.closed_through,
    greatest(last_run.judged_at, closed.closed_at) as judged_at,
    coalesce(last_run.inputs_until, closed.inputs_until) as inputs_until,
    coalesce(last_run.rule_version, closed.rule_version) as rule_version,
    coalesce({{ as_of() }} < greatest(last_run.judged_at, closed.closed_at), false) as is_looking_back
from closed
left join last_run on true
