{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['form_session_key'],
    meta={
        'touched_by': {
            'form_session_key': {'silver_form_interactions': 'form_session_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

interactions as (

    select * from {{ ref('silver_form_interactions') }}
    {% if is_incremental() %}
        where
            form_session_key in ({{ touched('form_session_key') }})
            or form_session_key in (
                select resolved_anew.form_session_key
                from {{ ref('silver_form_interactions') }} as resolved_anew
                where resolved_anew.source_customer_key in ({{ touched('source_customer_key') }})
            )
    {% endif %}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

platforms as (select * from {{ ref('dim_platform') }}),

-- the place and the people: those of the first interaction that tells
firsts as (

    select *
    from interactions
    qualify row_number() over (
        partition by form_session_key order by interaction_timestamp, interaction_id
    ) = 1

),

-- the field where it ended: that of the last interaction with one
lasts as (

    select *
    from interactions
    where field is not null
    qualify row_number() over (
        partition by form_session_key order by interaction_timestamp desc, interaction_id desc
    ) = 1

),

changes as (

    select
        form_session_key,
        field,
        greatest(count(*) - 1, 0) as correction_count
    from interactions
    where field is not null and interaction_type in ('change', 'error')
    group by form_session_key, field

),

corrections as (

    select
        form_session_key,
        sum(correction_count) as correction_count
    from changes
    group by form_session_key

),

totals as (

    select
        form_session_key,
        bool_or(is_completion) as is_completed,
        count(distinct field) as fields_touched,
        max(fields_total) as fields_total,
        sum(case when is_error then 1 else 0 end) as error_count,
        sum(time_on_field_seconds) as seconds_on_fields,
        max(source_customer_key) as source_customer_key,
        max(interaction_timestamp) as form_end_timestamp
    from interactions
    group by form_session_key

),

final as (

    select

        -- keys
        firsts.form_session_key,
        {{ date_key('firsts.interaction_timestamp') }} as form_start_date_key,
        firsts.session_key,
        firsts.visitor_key,
        coalesce(
            identities.customer_key, totals.source_customer_key, firsts.session_customer_key
        ) as customer_key,
        firsts.page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(firsts.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,

        -- attributes
        firsts.form_id,
        firsts.form_name,
        firsts.form_type,
        totals.is_completed,
        not totals.is_completed as is_abandoned,
        case when not totals.is_completed then coalesce(lasts.field_name, lasts.field) end
            as abandonment_field,

        -- measures
        cast(totals.fields_touched as integer) as fields_touched,
        totals.fields_total,
        cast(coalesce(corrections.correction_count, 0) as integer) as correction_count,
        cast(totals.error_count as integer) as error_count,
        cast(totals.seconds_on_fields as integer) as seconds_on_fields,
        cast(floor({{ seconds_between(
            'firsts.interaction_timestamp', 'totals.form_end_timestamp'
        ) }}) as integer) as form_duration_seconds,
        1 as form_session_count,

        -- timestamps
        firsts.interaction_timestamp as form_start_timestamp

    from firsts
    inner join totals on firsts.form_session_key = totals.form_session_key
    left join identities on totals.source_customer_key = identities.source_customer_key
    left join corrections on firsts.form_session_key = corrections.form_session_key
    left join lasts on firsts.form_session_key = lasts.form_session_key
    left join platforms on lower(firsts.platform) = platforms.platform_name
    where {{ var("include_bots") }} or not (firsts.is_bot or firsts.is_test)

)

select * from final
