-- Silver's sessions are gold's and those that quality counts as left out.
with

counts as (

    select
        (select count(*) from {{ ref('silver_web_sessions') }}) as in_silver,
        (select count(*) from {{ ref('fact_web_sessions') }}) as in_gold,
        (
            select coalesce(sum(row_count), 0) from {{ ref('quality_left_out_rows') }}
            where row_kind = 'web session' and is_left_out
        ) as left_out

)

select * from counts
where in_silver <> in_gold + left_out
