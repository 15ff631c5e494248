{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['left_source_customer_key', 'right_source_customer_key'],
    meta={'units': ['left_source_customer_key', 'right_source_customer_key']},
) }}

with

told as (

    select
        {{ surrogate_key(['left_source_system', 'left_source_customer_id']) }} as one_key,
        {{ surrogate_key(['right_source_system', 'right_source_customer_id']) }} as other_key,
        decision,
        decided_on
    from {{ ref('identity_steward_decisions') }}

),

-- the last word counts; of the same day, the one that keeps people apart
latest as (

    select
        least(one_key, other_key) as left_source_customer_key,
        greatest(one_key, other_key) as right_source_customer_key,
        decision
    from told
    qualify row_number() over (
        partition by least(one_key, other_key), greatest(one_key, other_key)
        order by decided_on desc, decision asc
    ) = 1

),

final as (

    select
        *,
        {{ batch_number() }} as derived_in_batch
    from latest
    {% if is_incremental() %}
        union all
        -- a decision that was taken back: the pair is judged again
        select
            left_source_customer_key,
            right_source_customer_key,
            'withdrawn' as decision,
            {{ batch_number() }} as derived_in_batch
        from {{ this }} as known
        where not exists (
            select 1
            from latest
            where
                latest.left_source_customer_key = known.left_source_customer_key
                and latest.right_source_customer_key = known.right_source_customer_key
        )
    {% endif %}

)

select * from final
