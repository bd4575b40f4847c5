{# Statistics shared by all indicators, from n units, the sum and the sum of squares of their values.
   z of every interval is 1.959963984540054, the 97.5 % point of the normal distribution. #}
{% macro interval_z() -%}
    1.959963984540054
{%- endmacro %}

{# Mean of the units' values; null without units. #}
{% macro mean_value(unit_count, value_sum) -%}
    {{ value_sum }} / nullif({{ unit_count }}, 0)
{%- endmacro %}

{# Standard error of the mean from the units' own spread, unadjusted. For 0/1 values this is
   sqrt(p(1 - p)/n), for NPS's -1/0/1 sqrt(((p + d) - (p - d)^2)/n). The spread cannot be negative;
   rounding of the last bit is cut off. #}
{% macro standard_error(unit_count, value_sum, square_sum) -%}
    case
        when {{ unit_count }} > 0
            then sqrt(
                greatest(
                    {{ square_sum }} / {{ unit_count }}
                    - power({{ value_sum }} / {{ unit_count }}, 2),
                    0
                ) / {{ unit_count }}
            )
    end
{%- endmacro %}

{# One end of Wilson's score interval of a share of at least one unit; `sign` is -1 or +1.
   Wilson (1927), Journal of the American Statistical Association 22, 209-212. #}
{% macro wilson_bound(unit_count, value_sum, sign) -%}
    {%- set n = unit_count -%}
    {%- set p = '(' ~ value_sum ~ ' / ' ~ n ~ ')' -%}
    {%- set zz = '(' ~ interval_z() ~ ' * ' ~ interval_z() ~ ')' -%}
    least(greatest(
        (
            {{ p }} + {{ zz }} / (2 * {{ n }})
            + {{ sign }} * {{ interval_z() }}
            * sqrt({{ p }} * (1 - {{ p }}) / {{ n }} + {{ zz }} / (4 * {{ n }} * {{ n }}))
        ) / (1 + {{ zz }} / {{ n }}),
        0
    ), 1)
{%- endmacro %}

{# One end of the adjusted Wald interval of a Net Promoter Score, of at least one answer, as a share from -1 to 1: three
   answers are added, 3/4 of one to each the promoters and the detractors.
   Rocks (2016), arXiv 1601.07235. #}
{% macro adjusted_wald_bound(unit_count, value_sum, square_sum, sign) -%}
    {%- set n = '(' ~ unit_count ~ ' + 3)' -%}
    {%- set mean = '(' ~ value_sum ~ ' / ' ~ n ~ ')' -%}
    least(greatest(
        {{ mean }} + {{ sign }} * {{ interval_z() }}
        * sqrt((({{ square_sum }} + 1.5) / {{ n }} - {{ mean }} * {{ mean }}) / {{ n }}),
        -1
    ), 1)
{%- endmacro %}
