{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with item_lines as (
    select * from {{ touched(ref('int_item_lines'), 'subscription_id') }}
    -- a line without a period cannot be spread over one
    where period_ended_at > period_started_at and period_ended_at > {{ reconciliation_starts_at() }}
),

unapplied as (
    select * from {{ touched(ref('int_unapplied_updates'), 'subscription_id') }}
),

deductions as (
    select * from {{ touched(ref('int_line_deductions')) }}
),

inclusive_taxes as (
    select * from {{ touched(ref('int_inclusive_tax'), 'subscription_id') }}
    where valid_to is null
),

invoices as (
    select * from {{ touched(ref('stg_stripe__invoices')) }}
),

-- what is taken off a credit is given back less; a pending proration does not say what tax is in it
charged as (
    select
        item_lines.*,
        sign(item_lines.amount_minor) as direction,
        abs(item_lines.amount_minor) - coalesce(deductions.discount_minor, 0) as taxable_minor,
        coalesce(deductions.once_minor, 0) as once_minor,
        case
            when item_lines.invoice_id = 'pending'
                then coalesce({{ divide_exact(
                    'abs(item_lines.amount_minor) * inclusive_taxes.inclusive_percentage',
                    '100 + inclusive_taxes.inclusive_percentage'
                ) }}, 0)
            else coalesce(deductions.tax_minor, 0)
        end as tax_minor
    from item_lines
    left join deductions
        on
            item_lines.invoice_id = deductions.invoice_id
            and item_lines.line_id = deductions.line_id
    left join inclusive_taxes on item_lines.subscription_item_id = inclusive_taxes.subscription_item_id
)

select
    charged.invoice_id,
    charged.line_id,
    charged.subscription_id,
    charged.subscription_item_id,
    charged.price_id,
    charged.currency,
    charged.is_proration,
    charged.amount_minor,
    charged.period_started_at,
    charged.period_ended_at,
    {{ seconds_between('charged.period_started_at', 'charged.period_ended_at') }} as period_seconds,
    invoices.created_at as billed_at,
    case
        when invoices.status in ('draft', 'void', 'uncollectible') then invoices.status
        else 'billed'
    end as bill_status,
    -- in the second it was made: the bill of a subscription whose collection is paused
    coalesce(coalesce(invoices.voided_at, invoices.marked_uncollectible_at) = invoices.created_at, false) as is_never_due,
    cast(charged.direction * (charged.taxable_minor - charged.tax_minor) as {{ money_type() }}) as net_minor,
    -- without its share of the tax; where a coupon took everything, the tax is not known
    cast(
        charged.direction * case
            when charged.once_minor = 0 or charged.taxable_minor = 0 then charged.once_minor
            else {{ divide_exact(
                'charged.once_minor * (charged.taxable_minor - charged.tax_minor)', 'charged.taxable_minor'
            ) }}
        end as {{ money_type() }}
    ) as once_minor
from charged
left join invoices on charged.invoice_id = invoices.invoice_id
left join unapplied
    on
        charged.invoice_id = unapplied.invoice_id
        and charged.subscription_item_id = unapplied.subscription_item_id
-- what was asked for in vain is neither owed nor part of the contract
where unapplied.invoice_id is null
