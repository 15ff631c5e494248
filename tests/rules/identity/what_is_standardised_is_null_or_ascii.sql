{{ config(group='identity') }}
-- Nothing is standardised to empty text, by which strangers would agree, nor to what the
-- comparisons do not expect.
{% set columns = [
    'first_name', 'middle_name', 'last_name', 'name_suffix', 'birth_date', 'tax_id', 'ssn_last_four',
    'email', 'email_local_part', 'phone', 'house_number', 'street', 'unit', 'city', 'region',
    'zip_code', 'country',
] %}
with

{% for column in columns %}
    {{ column }}s as (

        select record_key
        from {{ ref('int_identity_records__standardised') }}
        where
            {{ column }} <> trim({{ column }}) or {{ column }} = ''
            or {{ column }} <> lower({{ column }})
            or bit_length({{ column }}) <> 8 * length({{ column }})

    ){{ ',' if not loop.last }}

{% endfor %}
{% for column in columns %}
    select
        '{{ column }}' as column_name,
        record_key
    from {{ column }}s
    {{ 'union all' if not loop.last }}
{% endfor %}
