{# The share of a chi-square distribution above a column `x`, for a column of 1 to 19 degrees of freedom
   (more: null): the finite sums of the incomplete gamma function at half-integers (Abramowitz and
   Stegun, 26.4.4 and 26.4.5), unrolled. #}
{% macro chi_square_tail(x, degrees) -%}
    {{ adapter.dispatch('chi_square_tail', 'customer_analytics')(x, degrees) }}
{%- endmacro %}

{% macro default__chi_square_tail(x, degrees) -%}
    {%- set half = '(' ~ x ~ ' / 2e0)' -%}
    case {{ degrees }}
        {%- for number in range(1, 20) %}
        when {{ number }} then
            {%- if number % 2 == 1 %}
            {{ erfc('sqrt' ~ half) }} + exp(-{{ half }}) * sqrt({{ half }}) * 1.1283791670955125739e0 * (
                0e0{% for j in range(1, (number + 1) // 2) %} + power({{ half }}, {{ j - 1 }}e0)
                {%- for k in range(1, j) %} / {{ k + 0.5 }}e0{% endfor %}{% endfor %}
            )
            {%- else %}
            exp(-{{ half }}) * (
                1e0{% for j in range(1, number // 2) %} + power({{ half }}, {{ j }}e0)
                {%- for k in range(1, j + 1) %} / {{ k }}e0{% endfor %}{% endfor %}
            )
            {%- endif %}
        {%- endfor %}
    end
{%- endmacro %}
