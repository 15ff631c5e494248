{# A stage's name as its code: «Free trial» and «free-trial» are free_trial. #}
{% macro stage_code(column) -%}
    nullif(lower(replace(replace(trim({{ column }}), ' ', '_'), '-', '_')), '')
{%- endmacro %}
