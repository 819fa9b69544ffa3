with trials as (
    select * from {{ ref('int_trials') }}
    where trial_started_at <= {{ as_of() }}
),

customers as (
    select
        *,
        coalesce('company:' || hubspot_company_id, 'customer:' || customer_id) as account_key
    from {{ ref('int_customer_accounts') }}
),

events as (
    select * from {{ ref('int_product_events') }}
    where account_key is not null
),

trial_leads as (
    select
        'trial' as lead_type,
        trials.subscription_id as lead_id,
        customers.account_key,
        trials.customer_id,
        trials.subscription_id,
        trials.trial_started_at as started_at,
        case when trials.first_paid_at <= {{ as_of() }} then trials.first_paid_at end as first_paid_at,
        {{ add_days('trials.trial_ended_at', var('window_days_trial_to_paid')) }} as pays_until
    from trials
    inner join customers on trials.customer_id = customers.customer_id
),

first_uses as (
    select
        account_key,
        min(occurred_at) as started_at
    from events
    group by account_key
),

paying_accounts as (
    select
        account_key,
        customer_id,
        first_paid_at,
        row_number() over (
            partition by account_key order by first_paid_at nulls last, created_at nulls last, customer_id nulls last
        ) as customer_rank
    from customers
),

tried_accounts as (
    select distinct account_key
    from trial_leads
),

-- Who paid before it used the product for the first time is no lead, and who had a trial is one already.
signup_leads as (
    select
        'signup' as lead_type,
        first_uses.account_key as lead_id,
        first_uses.account_key,
        paying_accounts.customer_id,
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        first_uses.started_at,
        case when paying_accounts.first_paid_at <= {{ as_of() }} then paying_accounts.first_paid_at end as first_paid_at,
        {{ add_days('first_uses.started_at', var('window_days_signup_to_paid')) }} as pays_until
    from first_uses
    left join paying_accounts
        on first_uses.account_key = paying_accounts.account_key and paying_accounts.customer_rank = 1
    left join tried_accounts on first_uses.account_key = tried_accounts.account_key
    where
        tried_accounts.account_key is null
        and coalesce(paying_accounts.first_paid_at > first_uses.started_at, true)
),

leads as (
    select * from trial_leads
    union all
    select * from signup_leads
),

final as (
    select
        *,
        coalesce(first_paid_at <= pays_until, false) as converted,
        pays_until <= {{ as_of() }} and {{ add_days('started_at', var('pql_window_days')) }} <= {{ as_of() }} as is_mature
    from leads
)

select * from final
