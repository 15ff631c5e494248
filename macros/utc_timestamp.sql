{# A timestamp in UTC. A native timestamp passes untouched (the optimizer folds the case away);
   text is read with its offset, without one as UTC; what does not read is null. #}
{% macro utc_timestamp(column) -%}
    {{ adapter.dispatch('utc_timestamp', 'customer_analytics')(column) }}
{%- endmacro %}

{% macro default__utc_timestamp(column) -%}
    case
        when typeof({{ column }}) = 'TIMESTAMP' then try_cast({{ column }} as timestamp)
        else try_cast(cast({{ column }} as string) as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}

{% macro spark__utc_timestamp(column) -%}
    try_cast({{ column }} as timestamp)
{%- endmacro %}
