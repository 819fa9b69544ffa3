{{ config(materialized='incremental', incremental_strategy='objects', unique_key='subscription_id') }}

with versions as (
    select * from {{ all_versions(source('raw_stripe', 'subscriptions')) }}
),

parsed as (
    select
        *,
        {{ json_struct('payload', stripe_subscription_schema()) }} as subscription
    from versions
)

select
    id as subscription_id,
    content_hash as version_id,
    extracted_at as observed_at,
    row_number() over (partition by id order by extracted_at desc nulls last, content_hash desc nulls last) = 1 as is_current,
    deleted as is_deleted,
    coalesce(subscription.billing_mode.type, 'classic') as billing_mode,
    subscription.trial_settings.end_behavior.missing_payment_method as trial_end_behavior,
    {{ subscription_columns('subscription') }}
from parsed
