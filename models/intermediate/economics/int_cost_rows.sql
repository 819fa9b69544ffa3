{%- set files = {
    'marketing': {'seed': 'marketing_spend', 'columns': ['month', 'source', 'segment', 'amount', 'currency', 'note']},
    'sales': {'seed': 'sales_costs', 'columns': ['month', 'segment', 'owner_id', 'amount', 'currency', 'note']},
} -%}

with file_rows as (
    {%- for kind, file in files.items() %}
    select
        '{{ kind }}' as kind,
        'seeds/{{ file.seed }}.csv: '
        {%- for column in file.columns %}
        || coalesce({{ column }}, '') {{ "|| ','" if not loop.last }}
        {%- endfor %} as file_row,
        nullif(trim(month), '') as month_text,
        upper(nullif(trim({{ 'source' if kind == 'marketing' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}), '')) as source,
        lower(nullif(trim(segment), '')) as segment,
        nullif(trim({{ 'owner_id' if kind == 'sales' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}), '') as owner_id,
        nullif(trim(amount), '') as amount_text,
        lower(nullif(trim(currency), '')) as currency
    from {{ ref(file.seed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

typed as (
    select
        *,
        case length(month_text)
            when 7 then {{ iso_to_date("month_text || '-01'") }}
            when 10 then {{ iso_to_date('month_text') }}
        end as month,
        try_cast(amount_text as decimal(18, 4)) as amount
    from file_rows
),

final as (
    select
        kind,
        file_row,
        month,
        source,
        segment,
        owner_id,
        amount,
        currency,
        case
            when month is null then 'month is not of the form 2026-03'
            when month <> cast(date_trunc('month', month) as date) then 'month is not the first day of one'
            when amount is null then 'amount is not a number with a decimal point'
            when amount < 0 then 'amount is negative'
            when length(currency) = 3 and translate(currency, 'abcdefghijklmnopqrstuvwxyz', '') = '' then null
            else 'currency is not a code of three letters'
        end as problem
    from typed
)

select * from final
