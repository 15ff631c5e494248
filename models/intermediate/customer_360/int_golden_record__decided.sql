{% set rule_columns = {
    'verified': 'verified', 'agreed': 'agreed', 'recent': 'recency', 'complete': 'preference',
    'earliest': 'preference', 'cautious': 'preference', 'source_priority': 'source_rank',
} %}
{% set slots = [1, 2, 3, 4] %}
{% set answer = 'customer_key, attribute_name, moment' %}
{% set asked = 'moments.customer_key, moments.attribute_name, moments.moment' %}
{% set best_first = 'place_1 desc, place_2 desc, place_3 desc, place_4 desc, record_key' %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['decision_key'],
    meta={
        'touched_by': {'customer_key': {
            'silver_customer_records': 'customer_key', 'silver_customer_identifiers': 'customer_key',
        }},
        'units': ['customer_key'],
    },
) }}

-- depends_on: {{ ref('silver_customer_identifiers') }}, {{ ref('silver_customer_records') }}
with

{% for relation in ['values', 'proofs'] %}
    told_{{ relation }} as (

        select * from {{ ref('int_golden_record__' ~ relation) }}
        {% if is_incremental() %}
            where customer_key in ({{ touched('customer_key') }})
        {% endif %}

    ),
{% endfor %}

-- when the answer may change
moments as (

    {% for relation in ['values', 'proofs'] %}
        {% for bound in ['from', 'to'] %}
            select
                customer_key,
                attribute_name,
                valid_{{ bound }}_timestamp as moment
            from told_{{ relation }}
            {% if not loop.last %}union distinct{% endif %}
        {% endfor %}
        {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

-- what records say at each moment, and how each stands by each rule
candidates as (

    select
        told_values.*,
        moments.moment,
        case
            when told_values.is_verified_by_record then 1
            when moments.moment < told_proofs.valid_from_timestamp then 0
            when moments.moment < told_proofs.valid_to_timestamp then 1
            else 0
        end as verified,
        count(*) over (partition by {{ asked }}, told_values.standard_value) as agreed,
        count(*) over (partition by {{ asked }}) as telling
    from moments
    inner join told_values
        on
            moments.customer_key = told_values.customer_key
            and moments.attribute_name = told_values.attribute_name
            and moments.moment >= told_values.valid_from_timestamp
            and moments.moment < told_values.valid_to_timestamp
    left join told_proofs
        on
            told_values.customer_key = told_proofs.customer_key
            and told_values.attribute_name = told_proofs.attribute_name
            and told_values.standard_value = told_proofs.standard_value

),

placed as (

    select
        {% for slot in slots %}
            rules.rule_{{ slot }},
            case
                {% for rule, column in rule_columns.items() %}
                    when rules.rule_{{ slot }} = '{{ rule }}' then candidates.{{ column }}
                {% endfor %}
            end as place_{{ slot }},
        {% endfor %}
        candidates.*
    from candidates
    inner join {{ ref('survivorship_rules') }} as rules
        on candidates.attribute_name = rules.attribute_name

),

-- of each value the record that stands best
rivals as (

    select * from placed
    qualify row_number() over (
        partition by {{ answer }}, standard_value order by {{ best_first }}
    ) = 1

),

decided as (

    select
        *,
        case
            when agreed = telling then 'undisputed'
            {% for slot in slots %}
                when place_{{ slot }} > lead(place_{{ slot }}) over places then rule_{{ slot }}
            {% endfor %}
            else 'record_key'
        end as survivorship_rule
    from rivals
    window places as (partition by {{ answer }} order by {{ best_first }})
    qualify row_number() over places = 1

),

final as (

    select
        {{ surrogate_key(['moments.customer_key', 'moments.attribute_name', 'moments.moment']) }}
            as decision_key,
        moments.*,
        decided.record_key,
        decided.source_system,
        decided.attribute_value,
        decided.standard_value,
        decided.survivorship_rule,
        decided.verified = 1 as is_verified,
        cast(decided.telling as integer) as telling_record_count,
        cast(decided.agreed as integer) as agreeing_record_count,
        {{ batch_number() }} as derived_in_batch
    from moments
    left join decided
        on
            moments.customer_key = decided.customer_key
            and moments.attribute_name = decided.attribute_name
            and moments.moment = decided.moment

)

select * from final
