{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id', meta={'compared': true}) }}

with scores as (
    select * from {{ rescored(ref('int_health_scores')) }}
)

select
    customer_id,
    month,
    mrr_reporting,
    health_score,
    score_before_notice
from scores
where not is_now
