{# The page a URL names, as silver_web_pageviews knows it: host in lower case and path, without query
   and fragment; an address in a path is nobody's business. #}
{% macro page_key_of_url(url) -%}
    {%- set host = page_host_of_url(url) -%}
    {%- set path = page_path_of_url(url) -%}
    {{ surrogate_key([host, path]) }}
{%- endmacro %}

{% macro page_host_of_url(url) -%}
    nullif(lower(regexp_extract({{ url }}, '^[A-Za-z][A-Za-z0-9+.-]*://([^/?#:]+)', 1)), '')
{%- endmacro %}

{% macro page_path_of_url(url) -%}
    regexp_replace(
        coalesce(
            nullif(
                regexp_extract({{ url }}, '^([A-Za-z][A-Za-z0-9+.-]*://[^/?#]+)?(/[^?#]*)', 2), ''
            ),
            case when {{ url }} is not null then '/' end
        ),
        '[^/]*(@|%40)[^/]*', ':address'
    )
{%- endmacro %}
