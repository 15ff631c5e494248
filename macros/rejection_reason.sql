{# Why a staged row cannot be used, or null. `key` and `timestamp` are what the row is known and
   dated by; `starts` and `ends` the interval it claims, where it claims one. #}
{% macro rejection_reason(key, timestamp, starts=none, ends=none) -%}
    case
        when {{ key }} is null then 'missing_key'
        when {{ timestamp }} is null and nulled_columns like '%{{ timestamp }}%' then 'unreadable_timestamp'
        when {{ timestamp }} is null then 'missing_timestamp'
        when {{ timestamp }} < timestamp '{{ var("earliest_event_date") }} 00:00:00'
            or {{ timestamp }} >= timestamp '{{ var("latest_event_date") }} 00:00:00'
            or {{ timestamp }} > ingestion_timestamp + interval '{{ var("clock_tolerance_hours") }}' hour
            then 'timestamp_out_of_range'
        {%- if ends %}
        when {{ ends }} < {{ starts }} then 'ends_before_it_starts'
        {%- endif %}
    end
{%- endmacro %}
