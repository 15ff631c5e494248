{# The complementary error function of a column that is 0 or more, in plain arithmetic, because neither
   DuckDB nor Spark has one. Rational Chebyshev approximations of W. J. Cody, «Rational Chebyshev
   approximations for the error function», Mathematics of Computation 23 (1969), 631-637, evaluated by
   Horner's rule; relative error near 1e-15, also far out in the tail. An engine with an erfc of its
   own can be given it by a twin. A two-sided p-value of z is erfc(abs(z) / sqrt(2)). #}
{% macro erfc(x) -%}
    {{ adapter.dispatch('erfc', 'customer_analytics')(x) }}
{%- endmacro %}

{% macro default__erfc(x) -%}
    {%- set near = (
        ['1.85777706184603153e-1', '3.16112374387056560e0', '1.13864154151050156e2',
         '3.77485237685302021e2', '3.20937758913846947e3'],
        ['1e0', '2.36012909523441209e1', '2.44024637934444173e2', '1.28261652607737228e3',
         '2.84423683343917062e3']) -%}
    {%- set middle = (
        ['2.15311535474403846e-8', '5.64188496988670089e-1', '8.88314979438837594e0',
         '6.61191906371416295e1', '2.98635138197400131e2', '8.81952221241769090e2',
         '1.71204761263407058e3', '2.05107837782607147e3', '1.23033935479799725e3'],
        ['1e0', '1.57449261107098347e1', '1.17693950891312499e2', '5.37181101862009858e2',
         '1.62138957456669019e3', '3.29079923573345963e3', '4.36261909014324716e3',
         '3.43936767414372164e3', '1.23033935480374942e3']) -%}
    {%- set far = (
        ['1.63153871373020978e-2', '3.05326634961232344e-1', '3.60344899949804439e-1',
         '1.25781726111229246e-1', '1.60837851487422766e-2', '6.58749161529837803e-4'],
        ['1e0', '2.56852019228982242e0', '1.87295284992346725e0', '5.27905102951428412e-1',
         '6.05183413124413191e-2', '2.33520497626869185e-3']) -%}
    case
        when {{ x }} <= 0.46875e0 then 1e0 - {{ x }} * {{ fraction(near, x ~ ' * ' ~ x) }}
        when {{ x }} <= 4e0 then exp(-{{ x }} * {{ x }}) * {{ fraction(middle, x) }}
        when {{ x }} < 26e0 then exp(-{{ x }} * {{ x }}) / {{ x }} * (
            5.6418958354775628695e-1
            - {{ fraction(far, '(1e0 / (' ~ x ~ ' * ' ~ x ~ '))') }} / ({{ x }} * {{ x }})
        )
        when {{ x }} >= 26e0 then 0e0
    end
{%- endmacro %}

{# A polynomial over another, both given from the highest power down. #}
{% macro fraction(polynomials, x) -%}
    ({{ horner(polynomials[0], x) }} / {{ horner(polynomials[1], x) }})
{%- endmacro %}

{% macro horner(coefficients, x) -%}
    {{ '(' * (coefficients | length - 1) }}{{ coefficients[0] }}
    {%- for c in coefficients[1:] %} * {{ x }} + {{ c }}){% endfor %}
{%- endmacro %}
