{# Text in lower case and without accents: «Ångström» is angstrom, «Weiß» weiss, «Łódź» lodz; dashes of
   any shape are -, and curly apostrophes are left out. Most text is plain, and counting its bits says so cheaply. #}
{% macro ascii_text(text) -%}
    case
        when bit_length({{ text }}) = 8 * length({{ text }}) then lower({{ text }})
        else {{ adapter.dispatch('without_accents', 'customer_analytics')(letters_spelt_out('lower(' ~ text ~ ')')) }}
    end
{%- endmacro %}

{# letters that stand for two, or that have no accent to take off #}
{% macro letters_spelt_out(text) -%}
    {%- set ns = namespace(sql="translate(" ~ text ~ ", '‐‑‒–—øłđðıħŧ’‘‛`´ʼ′', '-----olddiht')") -%}
    {%- for letter, plain in {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'þ': 'th'}.items() -%}
        {%- set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ letter ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    {{- ns.sql -}}
{%- endmacro %}

{% macro default__without_accents(text) -%}
    strip_accents({{ text }})
{%- endmacro %}

{% macro spark__without_accents(text) -%}
    translate(
        {{ text }},
        'àáâãäåāăąçćĉċčďèéêëēĕėęěĝğġģĥìíîïĩīĭįĵķĺļľñńņňòóôõöōŏőŕŗřśŝşšșţťțùúûüũūŭůűųŵýÿŷźżž',
        'aaaaaaaaacccccdeeeeeeeeegggghiiiiiiiijklllnnnnoooooooorrrssssstttuuuuuuuuuuwyyyzzz'
    )
{%- endmacro %}
