{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with inclusive_taxes as (
    select * from {{ touched(ref('int_inclusive_taxes'), 'subscription_id') }}
),

-- what tells best of an item: bills of whole periods; of one that came within a period, its prorations; of one that was not
-- billed yet, its drafts, which may not be taxed yet
charges as (
    select
        subscription_id,
        subscription_item_id,
        invoice_id,
        line_id,
        period_started_at,
        amount_minor,
        discount_amounts,
        case when invoice_status = 'draft' then 3 when is_proration then 2 else 1 end as kind
    from {{ touched(ref('stg_stripe__invoice_lines')) }}
    where
        {{ is_charge_of_item() }}
        -- where no bill names a tax, bills tell nothing, and most lines need not be looked at
        and subscription_item_id in (select inclusive_taxes.subscription_item_id from inclusive_taxes)
),

best_kinds as (
    select
        subscription_item_id,
        min(kind) as kind
    from charges
    group by 1
),

charging_lines as (
    select charges.*
    from charges
    inner join best_kinds
        on
            charges.subscription_item_id = best_kinds.subscription_item_id
            and charges.kind = best_kinds.kind
),

-- where a bill of the best kind names a tax, one that names none was not taxed
taxed_items as (
    select distinct charging_lines.subscription_item_id
    from charging_lines
    inner join inclusive_taxes
        on
            charging_lines.invoice_id = inclusive_taxes.invoice_id
            and charging_lines.line_id = inclusive_taxes.line_id
),

told_lines as (
    select * from charging_lines
    where subscription_item_id in (select taxed_items.subscription_item_id from taxed_items)
),

discounts as (
    select invoice_id, line_id, {{ explode('discount_amounts') }} as discount_amount
    from told_lines
),

line_discounts as (
    select invoice_id, line_id, sum({{ try_bigint('discount_amount.amount') }}) as discount_minor
    from discounts
    group by 1, 2
),

line_totals as (
    select
        invoice_id,
        line_id,
        sum(tax_minor) as tax_minor,
        count(*) as taxes
    from inclusive_taxes
    group by 1, 2
),

lines as (
    select
        told_lines.subscription_id,
        told_lines.subscription_item_id,
        told_lines.invoice_id,
        told_lines.line_id,
        told_lines.period_started_at,
        told_lines.amount_minor - coalesce(line_discounts.discount_minor, 0) as gross_minor,
        coalesce(line_totals.tax_minor, 0) as tax_minor,
        coalesce(line_totals.taxes, 1) as taxes
    from told_lines
    left join line_discounts on told_lines.invoice_id = line_discounts.invoice_id and told_lines.line_id = line_discounts.line_id
    left join line_totals on told_lines.invoice_id = line_totals.invoice_id and told_lines.line_id = line_totals.line_id
),

-- one line an item and moment, the largest: each line's tax is rounded on its own
ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, period_started_at
            order by gross_minor desc nulls last, invoice_id desc nulls last, line_id nulls last
        ) as size_rank
    from lines
    where gross_minor > tax_minor
),

rounded as (
    select
        ranked.*,
        {{ rate_of_tax('inclusive_taxes.tax_minor', 'ranked.gross_minor - ranked.tax_minor', 'ranked.taxes') }} as percentage
    from ranked
    left join inclusive_taxes
        on ranked.invoice_id = inclusive_taxes.invoice_id and ranked.line_id = inclusive_taxes.line_id
    where ranked.size_rank = 1
)

select
    subscription_id,
    subscription_item_id,
    period_started_at,
    gross_minor,
    tax_minor,
    taxes,
    cast(coalesce(sum(percentage), 0) as decimal(18, 8)) as billed_percentage
from rounded
group by 1, 2, 3, 4, 5, 6
