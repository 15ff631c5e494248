{# kind of event: its table, its key there, and what a condition may read of it #}
{% set kinds = {
    'page': ['silver_web_pageviews', 'pageview_key', ['page_path', 'page_type', 'page_category']],
    'conversion': [
        'silver_conversions', 'conversion_key',
        ['conversion_type', 'conversion_name', 'conversion_category', 'goal_id'],
    ],
    'form': [
        'int_form_interactions__delivered', 'form_interaction_key',
        ['form_id', 'form_name', 'form_type', 'is_completion'],
    ],
    'search': [
        'int_searches__delivered', 'search_key',
        ['normalised_query', 'is_zero_results', 'is_clicked_through'],
    ],
    'interaction': [
        'silver_user_interactions', 'interaction_key',
        ['interaction_type', 'element_id', 'element_name'],
    ],
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['funnel_key', 'step_number', 'event_kind', 'event_key'],
    meta={
        'touched_by': {
            'event_key': {
                'silver_web_pageviews': 'pageview_key',
                'silver_conversions': 'conversion_key',
                'int_form_interactions__delivered': 'form_interaction_key',
                'int_searches__delivered': 'search_key',
                'silver_user_interactions': 'interaction_key',
            },
            'funnel_key': {'int_funnels__definitions': 'funnel_key'},
        },
        'units': ['event_key'],
    },
) }}

with

conditions as (

    select
        *,
        {{ surrogate_key(['funnel_name']) }} as funnel_key,
        count(*) over (partition by funnel_name, step_number, alternative) as condition_count
    from {{ ref('funnels') }}

),

redefined as (

    select * from conditions
    {% if is_incremental() %}
        where funnel_key in ({{ touched('funnel_key') }})
    {% endif %}

),

-- patterns are tried once on each different event, and of those there are few
{% for kind, (table, key, columns) in kinds.items() %}
    {{ kind }}_events as (

        select
            {{ key }} as event_key,
            {{ columns | join(', ') }}
        from {{ ref(table) }}
        {% if is_incremental() %}
            where
                {{ key }} in ({{ touched('event_key') }})
                or (select count(*) from redefined) > 0
        {% endif %}

    ),

    {{ kind }}_steps as (

        select
            different.{{ columns | join(', different.') }},
            conditions.funnel_key,
            conditions.step_number
        from (select distinct {{ columns | join(', ') }} from {{ kind }}_events) as different
        inner join conditions
            on
                {% for column in columns %}
                    conditions.event_property = '{{ kind }}.{{ column }}'
                    and {{ text_matches(
                        'lower(cast(different.' ~ column ~ ' as string))', 'conditions.pattern'
                    ) }}
                    {% if not loop.last %}or{% endif %}
                {% endfor %}
        group by
            different.{{ columns | join(', different.') }},
            conditions.funnel_key,
            conditions.step_number,
            conditions.alternative,
            conditions.condition_count
        having count(*) = conditions.condition_count

    ),
{% endfor %}

steps_met as (

    {% for kind, (table, key, columns) in kinds.items() %}
        select distinct
            steps.funnel_key,
            steps.step_number,
            '{{ kind }}' as event_kind,
            events.event_key
        from {{ kind }}_events as events
        inner join {{ kind }}_steps as steps
            on
                {% for column in columns %}
                    events.{{ column }} is not distinct from steps.{{ column }}
                    {% if not loop.last %}and{% endif %}
                {% endfor %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        steps_met.funnel_key,
        steps_met.step_number,
        steps_met.event_kind,
        steps_met.event_key,
        definitions.definition_key,
        {{ batch_number() }} as derived_in_batch
    from steps_met
    inner join {{ ref('int_funnels__definitions') }} as definitions
        on steps_met.funnel_key = definitions.funnel_key

)

select * from final
