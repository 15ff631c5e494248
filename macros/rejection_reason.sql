{# Why a staged row cannot be used, or null. `key` and `timestamp` are what the row is known and
   dated by; `starts` and `ends` the interval it claims, where it claims one. An ingestion time
   beyond every calendar is cut to the latest date, or adding hours to it would overflow. The
   timestamp as delivered comes in a column of its own: `raw` would make every reader of accepted
   rows read all typed columns. #}
{% macro rejection_reason(key, timestamp, starts=none, ends=none) -%}
    {%- set latest = "timestamp '" ~ var("latest_event_date") ~ " 00:00:00'" -%}
    case
        when {{ key }} is null then 'missing_key'
        when {{ timestamp }} is null and {{ was_given('delivered_timestamp') }} then 'unreadable_timestamp'
        when {{ timestamp }} is null then 'missing_timestamp'
        when {{ timestamp }} < timestamp '{{ var("earliest_event_date") }} 00:00:00'
            or {{ timestamp }} >= {{ latest }}
            or {{ timestamp }}
            > least(ingestion_timestamp, {{ latest }}) + interval '{{ var("clock_tolerance_hours") }}' hour
            then 'timestamp_out_of_range'
        {%- if ends %}
        when {{ ends }} < {{ starts }} then 'ends_before_it_starts'
        {%- endif %}
    end
{%- endmacro %}
