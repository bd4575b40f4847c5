"""Every sentence of the page, in Swedish and English."""

# Ranges are set with dashes, as both languages do.
# ruff: noqa: RUF001

from loyalty.scorecard.page.texts import Text, same

WORDS = {
    "title": Text("Lojalitetsläget", "Loyalty scorecard"),
    "as_of": Text("Data till och med {day}", "Data up to and including {day}"),
    "published": Text("publicerad {moment}", "published {moment}"),
    "skip": Text("Hoppa till innehållet", "Skip to content"),
    "language": Text("Språk", "Language"),
    "grain": Text("Period", "Period"),
    "switches": Text("Period och språk", "Period and language"),
    "theme": Text("Utseende", "Appearance"),
    "theme_auto": Text("Auto", "Auto"),
    "theme_light": Text("Ljust", "Light"),
    "theme_dark": Text("Mörkt", "Dark"),
    "grain_week": Text("Vecka", "Week"),
    "grain_month": Text("Månad", "Month"),
    "grain_quarter": Text("Kvartal", "Quarter"),
    "stale": Text(
        "Sidan publicerades för {days} dagar sedan. Det kan finnas en nyare.",
        "This page was published {days} days ago. There may be a newer one.",
    ),
    "headline_period": Text("{period} mot {previous}", "{period} against {previous}"),
    "running_only": Text(
        "Ingen period är avslutad än. Talen gäller {period}, som fortfarande pågår.",
        "No period is complete yet. The numbers are for {period}, which is still in progress.",
    ),
    "nothing": Text(
        "Inget är publicerat för den här perioden.", "Nothing is published for this period."
    ),
    "changes": Text("Vad har förändrats, och är det säkerställt?", "What changed, and is it real?"),
    "none_real": Text(
        "Inget av {total} jämförbara nyckeltal har en statistiskt säkerställd förändring.",
        "None of {total} comparable indicators changed significantly.",
    ),
    "some_real": Text(
        "{count} av {total} jämförbara nyckeltal har en statistiskt säkerställd förändring.",
        "{count} of {total} comparable indicators changed significantly.",
    ),
    "nothing_to_compare": Text(
        "Inget nyckeltal kan jämföras med föregående period.",
        "No indicator can be compared with the previous period.",
    ),
    "rose": Text("{label} steg med {change} till {value}", "{label} rose by {change} to {value}"),
    "fell": Text("{label} sjönk med {change} till {value}", "{label} fell by {change} to {value}"),
    "by_points": Text("{number} poäng", "{number} points"),
    "by_percentage_points": Text("{number} procentenheter", "{number} percentage points"),
    "by_amount": same("{number}"),
    "better": Text("bättre", "better"),
    "worse": Text("sämre", "worse"),
    "neutral": Text("inget mål", "no target"),
    "within_chance": Text("Kan bero på slumpen", "Could be chance"),
    "not_comparable": Text("Kan inte jämföras", "Cannot be compared"),
    "chance_note": Text(
        "Statistiskt säkerställd betyder |z| ≥ 1,96 och tillräckligt stort underlag i båda "
        "perioderna. Av tjugo nyckeltal som inte har förändrats ser ungefär ett ändå ut att ha "
        "gjort det.",
        "Significant means |z| ≥ 1.96 and a large enough base in both periods. Of twenty "
        "indicators that have not really changed, about one will still look changed.",
    ),
    "why_no_value": Text("inget värde för perioden", "no value for this period"),
    "why_no_previous": Text("inget värde för föregående period", "no value for the previous one"),
    "why_small": Text("för litet underlag", "base too small"),
    "why_no_error": Text("ingen spridning att bedöma efter", "no variation to judge by"),
    "targets": Text("Målen", "Targets"),
    "targets_note": Text(
        "Ett mål räknas som uppnått eller missat först när hela 95\u00a0%-intervallet ligger på "
        "ena sidan om målet. Ligger målet inom intervallet är utfallet osäkert.",
        "A target counts as met or missed only when the whole 95% interval lies on one side of "
        "it. If the target lies inside the interval, it is too close to call.",
    ),
    "nobody": Text("Inga nyckeltal.", "No indicators."),
    "unjudged": Text("Kan inte bedömas", "No verdict"),
    "since": Text("sedan {period} ({count})", "since {period} ({count})"),
    "since_first": Text(
        "sedan mätstarten, {period} ({count})", "since the first value, {period} ({count})"
    ),
    "goal": Text("mål {goal}", "target {goal}"),
    "above": Text("över {target}", "above {target}"),
    "below": Text("under {target}", "below {target}"),
    "no_target_set": Text("inget mål", "no target"),
    "cards": Text("Nyckeltalen", "The indicators"),
    "companions": Text("Kompletterande nyckeltal", "Supporting indicators"),
    "companions_note": Text(
        "De har inga mål, men hjälper dig att tolka nyckeltalen ovan.",
        "They have no targets, but help you to read the indicators above.",
    ),
    "pair": Text(
        "{first} och {second} motsäger inte varandra. Det ena visar hur stor andel som kommer "
        "tillbaka, det andra hur stor andel som försvinner. De mäter olika kunder under olika "
        "tid.",
        "{first} and {second} do not contradict each other. One is the share of customers who "
        "come back, the other the share who leave. They measure different customers over "
        "different times.",
    ),
    "pair_bases": Text(
        "Underlaget är {first_base} för det första och {second_base} för det andra.",
        "The base is {first_base} for the first and {second_base} for the second.",
    ),
    "interval": Text("95\u00a0%-intervall", "95% interval"),
    "target": Text("Mål", "Target"),
    "base": Text("Underlag", "Base"),
    "period": Text("Period", "Period"),
    "change": Text("Ändring", "Change"),
    "status": Text("Bedömning", "Verdict"),
    "value": Text("Värde", "Value"),
    "is_real": Text("statistiskt säkerställd", "significant"),
    "is_chance": Text("kan bero på slumpen", "could be chance"),
    "is_unjudged": Text("för litet underlag", "base too small"),
    "no_change": Text("inget att jämföra med", "nothing to compare with"),
    "so_far": Text("{period} hittills: {value}", "{period} so far: {value}"),
    "so_far_none": Text("{period} hittills: inget värde", "{period} so far: no value"),
    "partial": Text("pågår", "in progress"),
    "details": Text("Utveckling och uppdelning", "Trends and segments"),
    "spark_alt": Text(
        "{label}, {count} perioder till och med {period}: från {first} till {last}.",
        "{label}, {count} periods up to {period}: from {first} to {last}.",
    ),
    "spark_none": Text("{label}: inget värde att visa.", "{label}: no value to show."),
    "trend": Text("Utveckling", "Trend"),
    "trend_alt": Text(
        "Linje: värde. Band: 95\u00a0%-intervall. {target}{partial}",
        "Line: value. Band: 95% interval. {target}{partial}",
    ),
    "trend_target": Text("Streckad linje: målet {target}. ", "Dashed line: the target {target}. "),
    "trend_partial": Text(
        "Ihålig punkt: perioden pågår eller har för litet underlag.",
        "Hollow dot: the period is in progress or its base is too small.",
    ),
    "as_table": Text("Visa som tabell", "Show as a table"),
    "cuts": Text("Uppdelat på", "Segmented by"),
    "cuts_note": Text(
        "Punkt: värde. Streck: 95\u00a0%-intervall. Lodrät linje: målet, eller totalen om mål "
        "saknas. Ihålig punkt: för litet underlag. Skalan är densamma i alla diagram.",
        "Dot: value. Bar: 95% interval. Vertical line: the target, or the total if there is no "
        "target. Hollow dot: base too small. All charts have the same scale.",
    ),
    "cut_scale": Text("Skala {low} till {high}.", "Scale {low} to {high}."),
    "cut_none": Text("Inga segment att visa.", "No segments to show."),
    "cut_single": Text(
        "Ett enda segment, {value}: samma som totalen.",
        "Only one segment, {value}: the same as the total.",
    ),
    "cut_some": Text(
        "Visar de {shown} av {count} segment som har störst underlag.",
        "Shows the {shown} of {count} segments with the largest base.",
    ),
    "excluded": Text("Exkluderat", "Excluded"),
    "excluded_none": Text("Inget exkluderades.", "Nothing was excluded."),
    "excluded_read": Text(
        "{read} lästa, {used} räknade, {left} exkluderade.",
        "{read} read, {used} counted, {left} excluded.",
    ),
    "reason": Text("Orsak", "Reason"),
    "count": Text("Antal", "Count"),
    "share_of_read": Text("Andel", "Share"),
    "distribution": Text("Svarsfördelning 0–10", "Score distribution 0–10"),
    "distribution_note": Text(
        "{count} svar räknas under {period}: det senaste per kund och enkät.",
        "{count} answers counted in {period}: the latest per customer and survey.",
    ),
    "distribution_all": Text(
        "{count} giltiga svar under {period}. Här visas alla, inte bara de {base} som ingår i "
        "värdet.",
        "{count} valid answers in {period}. All are shown, not only the {base} that count in the "
        "value.",
    ),
    "distribution_none": Text(
        "Inga svar på skalan 0–10 under {period}.", "No answers on the scale 0–10 in {period}."
    ),
    "distribution_alt": Text("Stapeldiagram, svar per poäng: ", "Bar chart, answers per score: "),
    "distribution_groups": Text(
        "{detractors} kritiker (0–6), {passives} passiva (7–8), {promoters} ambassadörer (9–10).",
        "{detractors} detractors (0–6), {passives} passives (7–8), {promoters} promoters (9–10).",
    ),
    "score": Text("Poäng", "Score"),
    "answers": Text("Svar", "Answers"),
    "night": Text("Körningens datakvalitet", "Data quality of the run"),
    "night_unknown": Text(
        "Det finns inga uppgifter om körningens datakvalitet. Talen kommer från den publicerade "
        "filen, som inte visar vad som lästes in eller stoppades.",
        "The data quality of this run is not known. The numbers come from the published file, "
        "which does not show what was loaded or held back.",
    ),
    "table": Text("Tabell", "Table"),
    "files": Text("Filer", "Files"),
    "known": Text("Redan inlästa filer", "Files already loaded"),
    "loaded": Text("Inlästa rader", "Rows loaded"),
    "rejected": Text("Avvisade rader", "Rows rejected"),
    "quarantined": Text("Filer i karantän", "Files quarantined"),
    "no_files": Text("Inga filer kom in.", "No files arrived."),
    "gates": Text(
        "{passed} av {all} kontroller godkända.", "{passed} of {all} quality gates passed."
    ),
    "no_gates": Text("Ingen kontroll har körts.", "No quality gate was run."),
    "tests": Text(
        "Tester på {models} modeller: {passed} godkändes, {failed} misslyckades, {warned} gav "
        "varning, {skipped} hoppades över.",
        "Tests on {models} models: {passed} passed, {failed} failed, {warned} warned, "
        "{skipped} skipped.",
    ),
    "warnings": Text("Varningar", "Warnings"),
    "no_warnings": Text("Inga varningar.", "No warnings."),
    "took": Text("Tid i sekunder: {steps}.", "Time in seconds: {steps}."),
    "freshness": Text("Aktualitet", "Freshness"),
    "fresh_as_of": Text("Data till och med", "Data up to and including"),
    "fresh_published": Text("Publicerad", "Published"),
    "fresh_generation": Text("Generation", "Generation"),
    "fresh_night": Text("Körning", "Run"),
    "reading": Text("Så läser du sidan", "How to read this page"),
    "reading_text": Text(
        "Talen gäller den senaste avslutade perioden. Ett periodmått räknar det som hände under "
        "perioden. Ett lägesmått visar läget när perioden slutar. Alla intervall är "
        "95\u00a0%-intervall. Förändringar jämför med föregående kalenderperiod. Sidan innehåller "
        "inga personuppgifter.",
        "The numbers are for the latest complete period. A period measure counts what happened "
        "during the period. A point-in-time measure is the state at the end of the period. All "
        "intervals are 95% intervals. Changes compare with the previous calendar period. This "
        "page contains no personal data.",
    ),
    "kind_flow": Text("Periodmått", "Period measure"),
    "kind_stock": Text("Lägesmått", "Point-in-time measure"),
    "minimum": Text(
        "Bedöms vid minst {count} {unit}.", "Gets a verdict from at least {count} {unit}."
    ),
    "to_top": Text("Till toppen", "Back to top"),
    "missing_tables": Text(
        "Mättes inte. Nyckeltalet behöver {needed}, men det finns inga {missing}.",
        "Not measured. The indicator needs {needed}, but there are no {missing}.",
    ),
    "never_measured": Text(
        "Har aldrig mätts. Nyckeltalet behöver {needed}, men det finns inga av rätt slag.",
        "Never measured. The indicator needs {needed}, but there are none of the right kind.",
    ),
    "not_this_period": Text(
        "Mättes inte under {period}. Senaste värdet, för {last}: {value}.",
        "Not measured in {period}. The latest value, for {last}: {value}.",
    ),
    "not_yet": Text(
        "Mättes inte under {period}. Det finns värden för senare perioder.",
        "Not measured in {period}. Later periods have values.",
    ),
}
