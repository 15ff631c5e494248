{# here attribution begins: what it cannot go by is told before anything is built of it #}
{% set known = {
    'attribution_path_transform': ['none', 'collapse_repeats', 'first', 'drop_direct_unless_only'],
    'attribution_grain': ['channel', 'campaign'],
    'attribution_default_model': [
        'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based',
        'shapley',
    ],
} %}
{% for name, values in known.items() if var(name) not in values %}
    {{ exceptions.raise_compiler_error(
        'var ' ~ name ~ ' is «' ~ var(name) ~ '»; in dbt_project.yml or --vars make it one of: '
        ~ values | join(', ') ~ '.'
    ) }}
{% endfor %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touch_key'],
    meta={
        'touched_by': {'person_key': {'int_attribution__contacts': 'person_key'}},
        'units': ['person_key'],
    },
) }}

with

contacts as (

    select * from {{ ref('int_attribution__contacts') }}
    {% if is_incremental() %}
        where person_key in ({{ touched('person_key') }})
    {% endif %}

),

-- who clicks on a touch arrives on the site: that is one contact, not two
clicks_that_arrived as (

    select distinct arrivals.contact_key
    from contacts as arrivals
    inner join contacts as clicks
        on
            arrivals.person_key = clicks.person_key
            and arrivals.arrival_channel_name = clicks.arrival_channel_name
            and arrivals.contact_timestamp >= clicks.click_timestamp
            and arrivals.contact_timestamp
            <= clicks.click_timestamp + interval '{{ var("session_gap_seconds") }}' second
    where arrivals.contact_kind = 'web_session' and clicks.contact_kind = 'touchpoint'

),

final as (

    select
        contact_key as touch_key,
        contact_kind as touch_kind,
        person_key,
        channel_key,
        channel_name,
        campaign_key,
        -- what the credit is for, in models that go by names: a touch of no campaign is its channel
        case
            when '{{ var("attribution_grain") }}' = 'campaign' and campaign_key <> -1
                then campaign_key
            else channel_key
        end as node_key,
        contact_timestamp as touch_timestamp,
        {{ batch_number() }} as derived_in_batch
    from contacts
    where contact_key not in (select clicks_that_arrived.contact_key from clicks_that_arrived)

)

select * from final
