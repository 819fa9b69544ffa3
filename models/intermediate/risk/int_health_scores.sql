{{ config(materialized='incremental', incremental_strategy='rescored', unique_key='customer_id') }}
{%- set signals = health_weights().keys() | list -%}
{%- set own_signals = signals | reject('equalto', 'cancellation') | list -%}
with health_signals as (
    select * from {{ rescored(ref('int_health_signals')) }}
),

known as (
    select
        *,
        cast({{ known_weight(signals, signals | length) }} as integer) as known_weight,
        cast({{ known_weight(own_signals, own_signals | length) }} as integer) as own_known_weight
    from health_signals
),

shared as (
    select
        {% for signal in signals -%}
        {{ shared_points(signals, loop.index0, 'known_weight') }} as {{ signal }}_max_points,
        {% endfor -%}
        {% for signal in own_signals -%}
        {{ shared_points(own_signals, loop.index0, 'own_known_weight') }} as {{ signal }}_own_points,
        {% endfor -%}
        known.*
    from known
),

pointed as (
    select
        *,
        {% for signal in signals -%}
        cast({{ signal }}_max_points * (1 - {{ signal }}_severity) as decimal(5, 1)) as {{ signal }}_points,
        {% endfor -%}
        case
            when own_known_weight > 0
                then
                    cast(
                        {% for signal in own_signals -%}
                        coalesce({{ signal }}_own_points * (1 - {{ signal }}_severity), 0) {{ '+ ' if not loop.last }}
                        {% endfor -%}
                        as decimal(5, 1)
                    )
        end as score_before_notice
    from shared
),

scored as (
    select
        *,
        case
            when known_weight > 0
                then
                    cast(
                        {% for signal in signals -%}
                        coalesce({{ signal }}_points, 0) {{ '+ ' if not loop.last }}
                        {% endfor -%}
                        as decimal(5, 1)
                    )
        end as health_score
    from pointed
),

final as (
    select
        customer_id,
        month,
        cutoff_at,
        is_now,
        mrr_reporting,
        past_due_mrr_reporting,
        scheduled_subscriptions,
        scheduled_mrr_reporting,
        overdue_invoices,
        failed_charges,
        disputes,
        usage_fall,
        seats,
        seats_before,
        seat_fall,
        nps_score,
        nps_answered_at,
        last_contacted_at,
        quiet_days,
        {% for signal in signals -%}
        {{ signal }}_severity,
        {{ signal }}_reason,
        {{ signal }}_max_points,
        {{ signal }}_points,
        {% endfor -%}
        known_weight,
        score_before_notice,
        health_score,
        {{ health_band('health_score', 'known_weight') }} as health_band
    from scored
)

select * from final
