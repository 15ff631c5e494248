{# Per `key` (a list) the intervals [from, to) are half-open: none is empty, overlaps with the next
   or leaves a gap before it; the last is current, its end null. With `gaps` it may end, too. #}
{% test half_open_intervals(
    model, key, column_from, column_to, column_current='is_current', gaps=false
) %}
with neighbours as (
    select
        {{ key | join(', ') }},
        {{ column_from }} as begins_at,
        {{ column_to }} as ends_at,
        {{ column_current }} as is_the_current_one,
        lead({{ column_from }}) over (
            partition by {{ key | join(', ') }} order by {{ column_from }}, {{ column_to }} nulls last
        ) as next_begins_at,
        row_number() over (
            partition by {{ key | join(', ') }}
            order by {{ column_from }} desc, {{ column_to }} desc nulls first
        ) as number_from_the_end
    from {{ model }}
)

select * from (
    select
        *,
        case
            when begins_at is null then 'no beginning'
            when ends_at <= begins_at then 'empty, or ends before it begins'
            when ends_at is null and next_begins_at is not null then 'open, though another one follows'
            when next_begins_at < ends_at then 'overlaps with the next one'
            {% if not gaps %}
            when next_begins_at > ends_at then 'a gap before the next one'
            when ends_at is not null and number_from_the_end = 1 then 'the last one has ended'
            {% endif %}
            when is_the_current_one is distinct from (ends_at is null)
                then 'current though it has ended, or open and not current'
        end as fault
    from neighbours
) as judged
where fault is not null
{% endtest %}
