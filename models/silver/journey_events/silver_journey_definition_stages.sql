with

elements as (

    select
        journey_definition_key,
        {{ numbered_elements('journey_stages') }}
    from {{ ref('silver_journey_definitions') }}

),

-- a stage is an object with a name, or just a name
named as (

    select
        journey_definition_key,
        element_number,
        coalesce(
            {{ json_text('element', 'name') }},
            case
                when substr(cast(element as string), 1, 1) <> '{'
                    then replace(cast(element as string), '"', '')
            end
        ) as stage_name,
        coalesce({{ json_number('element', 'order') }}, element_number) as told_order
    from elements
    where element is not null

),

coded as (

    select
        *,
        {{ stage_code('stage_name') }} as stage_code
    from named

),

once as (

    select * from coded
    where stage_code is not null and stage_code <> 'null'
    qualify row_number() over (
        partition by journey_definition_key, stage_code order by told_order, element_number
    ) = 1

),

final as (

    select
        journey_definition_key,
        stage_code,
        stage_name,
        cast(row_number() over by_place as integer) as stage_number,
        cast(count(*) over (partition by journey_definition_key) as integer) as stages_total,
        lead(stage_code) over by_place is null as is_last_stage
    from once
    window by_place as (
        partition by journey_definition_key order by told_order, element_number
    )

)

select * from final
