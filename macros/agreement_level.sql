{# How much two records (columns …_l and …_r) agree in a comparison: a level from -1, unknown, up: the more,
   the more alike. Agreement on an identifier, of whichever of a customer's many, is a bit of shared_rules (see
   int_identity_keys). What the levels mean is in the seed identity_weights. #}
{% macro agreement_level(comparison) -%}
    {%- set identifiers = {
        'tax_id': [1, 3], 'email': [2, 4], 'phone': [4, 2], 'account': [8, 1], 'device': [16, 1],
    } -%}
    {%- set levels = dict(levels_of_persons(), **levels_of_contacts()) -%}
    case
        {%- if comparison in identifiers %}
        when shared_rules & {{ identifiers[comparison][0] }} > 0 then {{ identifiers[comparison][1] }}
        {%- endif %}
        {%- if comparison in levels %}
        when {{ comparison }}_l is null or {{ comparison }}_r is null then -1
        {{ levels[comparison] }}
        {%- else %}
        else -1
        {%- endif %}
    end
{%- endmacro %}

{% macro levels_of_persons() -%}
    {{ return({
        'first_name': "when first_name_l = first_name_r then 6
            when first_name_l = last_name_r and last_name_l = first_name_r then 5
            when is_nickname then 4
            when length(first_name_l) = 1 or length(first_name_r) = 1
                then case when left(first_name_l, 1) = left(first_name_r, 1) then 2 else 0 end
            when " ~ alike('first_name', 2) ~ " then 3
            when " ~ alike('first_name', 4) ~ " then 1 else 0",
        'last_name': "when last_name_l = last_name_r then 5
            when first_name_l = last_name_r and last_name_l = first_name_r then -1
            when " ~ alike('last_name', 2) ~ " then 3
            when length(last_name_l) >= 3 and length(last_name_r) >= 3
                and (last_name_l like concat('%', last_name_r, '%')
                    or last_name_r like concat('%', last_name_l, '%')) then 2
            when " ~ alike('last_name', 4) ~ " then 1 else 0",
        'middle_name': "when middle_name_l = middle_name_r and length(middle_name_l) > 1 then 2
            when left(middle_name_l, 1) = left(middle_name_r, 1) then 1 else 0",
        'name_suffix': "when name_suffix_l = name_suffix_r then 1 else 0",
        'birth_date': "when birth_date_l = birth_date_r then 4
            when left(birth_date_l, 4) <> left(birth_date_r, 4)
                and right(birth_date_l, 5) <> right(birth_date_r, 5) then 0
            when levenshtein(birth_date_l, birth_date_r) <= 1
                or left(birth_date_l, 4) = left(birth_date_r, 4)
                and substr(birth_date_l, 6, 2) = right(birth_date_r, 2)
                and right(birth_date_l, 2) = substr(birth_date_r, 6, 2) then 3
            when levenshtein(birth_date_l, birth_date_r) <= 2 then 2
            when left(birth_date_l, 4) = left(birth_date_r, 4) then 1 else 0",
    }) }}
{%- endmacro %}

{% macro levels_of_contacts() -%}
    {{ return({
        'tax_id': "when tax_id_l = tax_id_r then 3
            when levenshtein(tax_id_l, tax_id_r) <= 1 then 2
            when levenshtein(tax_id_l, tax_id_r) <= 2 then 1 else 0",
        'ssn_last_four': "when tax_id_l is not null and tax_id_r is not null then -1
            when ssn_last_four_l = ssn_last_four_r then 2
            when levenshtein(ssn_last_four_l, ssn_last_four_r) <= 1 then 1 else 0",
        'email': "when email_local_part_l = email_local_part_r and length(email_local_part_l) >= 5
                then case when " ~ text_matches('email_local_part_l', "'[0-9]'") ~ " then 3 else -1 end
            when abs(length(email_l) - length(email_r)) > 2 then 0
            when levenshtein(email_l, email_r) <= 2
                then case when " ~ replaced_all('email_local_part_l', '[^0-9]', '') ~ "
                    = " ~ replaced_all('email_local_part_r', '[^0-9]', '') ~ " then 2 else 0 end
            else 0",
        'phone': "when levenshtein(phone_l, phone_r) <= 1 then 1 else 0",
        'address': "when house_number_l = house_number_r and street_l = street_r
                and (zip_code_l = zip_code_r or city_l = city_r) then 7
            when house_number_l = house_number_r and " ~ alike('street', 3) ~ " then 6
            when (zip_code_l = zip_code_r or city_l = city_r)
                and (house_number_l = house_number_r or " ~ alike('street', 2) ~ ") then 5
            when zip_code_l = zip_code_r then 4 when " ~ alike('city', 2) ~ " then 3
            when left(zip_code_l, 3) = left(zip_code_r, 3) then 2
            when region_l = region_r then 1 else 0",
    }) }}
{%- endmacro %}

{# Whether two texts are alike: of ten letters of the longer one, at most `differing` differ. Levenshtein, since
   it is the one measure that every engine has; an engine with a better one can be given it by a twin. #}
{% macro alike(field, differing) -%}
    {{ return(adapter.dispatch('alike', 'customer_analytics')(field, differing)) }}
{%- endmacro %}

{% macro default__alike(field, differing) -%}
    {{ return(
        'levenshtein(' ~ field ~ '_l, ' ~ field ~ '_r) * 10 <= greatest(length(' ~ field ~ '_l), length('
        ~ field ~ '_r)) * ' ~ differing
    ) }}
{%- endmacro %}
