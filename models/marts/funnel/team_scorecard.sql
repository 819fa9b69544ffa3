{%- set columns = {
    'meetings_booked': {'role': 'sdr', 'type': 'bigint'},
    'meetings_held': {'role': 'sdr', 'type': 'bigint'},
    'meetings_not_held': {'role': 'sdr', 'type': 'bigint'},
    'meetings_without_outcome': {'role': 'sdr', 'type': 'bigint'},
    'held_share': {'role': 'sdr', 'type': 'decimal(18, 6)'},
    'held_share_low': {'role': 'sdr', 'type': 'decimal(9, 6)'},
    'held_share_high': {'role': 'sdr', 'type': 'decimal(9, 6)'},
    'leads_received': {'role': 'sdr', 'type': 'bigint'},
    'calls_made': {'role': 'sdr', 'type': 'bigint'},
    'emails_sent': {'role': 'sdr', 'type': 'bigint'},
    'tasks_completed': {'role': 'sdr', 'type': 'bigint'},
    'deals_won': {'role': 'ae', 'type': 'bigint'},
    'deals_lost': {'role': 'ae', 'type': 'bigint'},
    'win_rate': {'role': 'ae', 'type': 'decimal(18, 6)'},
    'win_rate_low': {'role': 'ae', 'type': 'decimal(9, 6)'},
    'win_rate_high': {'role': 'ae', 'type': 'decimal(9, 6)'},
    'closed_arr': {'role': 'ae', 'type': 'decimal(18, 4)'},
    'closed_arr_deals': {'role': 'ae', 'type': 'bigint'},
    'compared_deals': {'role': 'ae', 'type': 'bigint'},
    'compared_closed_arr': {'role': 'ae', 'type': 'decimal(18, 4)'},
    'billed_arr': {'role': 'ae', 'type': 'decimal(18, 4)'},
    'arr_difference': {'role': 'ae', 'type': 'decimal(18, 4)'},
    'opening_customers': {'role': 'cs', 'type': 'bigint'},
    'closing_customers': {'role': 'cs', 'type': 'bigint'},
    'year_ago_customers': {'role': 'cs', 'type': 'bigint'},
    'opening_mrr': {'role': 'cs', 'type': money_type()},
    'new_mrr': {'role': 'cs', 'type': money_type()},
    'expansion_mrr': {'role': 'cs', 'type': money_type()},
    'contraction_mrr': {'role': 'cs', 'type': money_type()},
    'churn_mrr': {'role': 'cs', 'type': money_type()},
    'reactivation_mrr': {'role': 'cs', 'type': money_type()},
    'fx_mrr': {'role': 'cs', 'type': money_type()},
    'closing_mrr': {'role': 'cs', 'type': money_type()},
    'nrr_12m': {'role': 'cs', 'type': 'decimal(18, 8)'},
    'grr_12m': {'role': 'cs', 'type': 'decimal(18, 8)'},
} -%}

with prospecting as (
    select * from {{ ref('int_owner_prospecting') }}
),

owner_deals as (
    select * from {{ ref('int_owner_deals') }}
),

owner_books as (
    select * from {{ ref('int_owner_books') }}
),

owners as (
    select * from {{ ref('stg_hubspot__owners') }}
),

roles as (
    select
        month,
        owner_id,
        'sdr' as role,
        {%- for column, details in columns.items() %}
        {{ column if details.role == 'sdr' else 'cast(null as ' ~ details.type ~ ')' }} as {{ column }},
        {%- endfor %}
        missing_reason
    from prospecting
    union all
    select
        month,
        owner_id,
        'ae' as role,
        {%- for column, details in columns.items() %}
        {{ column if details.role == 'ae' else 'cast(null as ' ~ details.type ~ ')' }} as {{ column }},
        {%- endfor %}
        arr_missing_reason as missing_reason
    from owner_deals
    union all
    select
        month,
        owner_id,
        'cs' as role,
        {%- for column, details in columns.items() %}
        {{ column if details.role == 'cs' else 'cast(null as ' ~ details.type ~ ')' }} as {{ column }},
        {%- endfor %}
        case when year_ago_customers = 0 then 'no customer of the book paid twelve months earlier' end as missing_reason
    from owner_books
),

final as (
    select
        roles.month,
        roles.owner_id,
        nullif(trim(coalesce(owners.first_name, '') || ' ' || coalesce(owners.last_name, '')), '') as owner_name,
        roles.role,
        {%- for column in columns %}
        roles.{{ column }},
        {%- endfor %}
        roles.missing_reason
    from roles
    left join owners on roles.owner_id = owners.owner_id
)

select * from final
