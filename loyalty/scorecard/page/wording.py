"""Every sentence of the page, in Swedish and English."""

# Ranges are set with dashes, as both languages do.
# ruff: noqa: RUF001

from loyalty.scorecard.page.texts import Text, same

WORDS = {
    "title": Text("Lojalitetsläget", "Loyalty scorecard"),
    "as_of": Text("Data till och med {day}", "Data up to and including {day}"),
    "published": Text("publicerad {moment}", "published {moment}"),
    "skip": Text("Till innehållet", "Skip to content"),
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
        "Sidan publicerades för {days} dygn sedan. Det kan finnas en nyare.",
        "This page was published {days} days ago. There may be a newer one.",
    ),
    "headline_period": Text("{period} mot {previous}", "{period} against {previous}"),
    "running_only": Text(
        "Ingen hel period finns ännu: talen gäller {period}, som pågår.",
        "There is no complete period yet: the numbers are of {period}, which is running.",
    ),
    "nothing": Text(
        "Ingenting är publicerat för den här perioden.", "Nothing is published for this period."
    ),
    "changes": Text("Vad har ändrats, och är det på riktigt?", "What changed, and is it real?"),
    "none_real": Text(
        "Inget av {total} jämförbara nyckeltal har ändrats mer än slumpen förklarar.",
        "None of {total} comparable indicators changed more than chance explains.",
    ),
    "some_real": Text(
        "{count} av {total} jämförbara nyckeltal har ändrats mer än slumpen förklarar.",
        "{count} of {total} comparable indicators changed more than chance explains.",
    ),
    "nothing_to_compare": Text(
        "Inget nyckeltal kan jämföras med perioden före.",
        "No indicator can be compared with the period before.",
    ),
    "rose": Text("{label} steg {change} till {value}", "{label} rose {change} to {value}"),
    "fell": Text("{label} sjönk {change} till {value}", "{label} fell {change} to {value}"),
    "by_points": Text("{number} poäng", "{number} points"),
    "by_percentage_points": Text("{number} procentenheter", "{number} percentage points"),
    "by_amount": same("{number}"),
    "better": Text("bättre", "better"),
    "worse": Text("sämre", "worse"),
    "neutral": Text("inget mål", "no target"),
    "within_chance": Text("Inom vad slumpen förklarar", "Within what chance explains"),
    "not_comparable": Text("Kan inte jämföras", "Cannot be compared"),
    "chance_note": Text(
        "På riktigt betyder |z| ≥ 1,96 och tillräckligt underlag i båda perioderna. Av tjugo "
        "nyckeltal som står still ser ändå ungefär ett ut att ha ändrats.",
        "Real means |z| ≥ 1.96 with enough of a base in both periods. Of twenty indicators that "
        "stand still, about one will still look changed.",
    ),
    "why_no_value": Text("inget värde nu", "no value now"),
    "why_no_previous": Text("inget värde perioden före", "no value the period before"),
    "why_small": Text("för litet underlag", "too small a base"),
    "why_no_error": Text("ingen spridning att bedöma efter", "no spread to judge by"),
    "targets": Text("Målen", "Targets"),
    "targets_note": Text(
        "Nått eller missat är ett mål först när hela 95 %-intervallet ligger på ena sidan om det; "
        "ligger målet i intervallet är det oavgjort.",
        "A target is met or missed only when the whole 95% interval lies on one side of it; with "
        "the target inside the interval the two cannot be told apart.",
    ),
    "nobody": Text("Inget nyckeltal.", "No indicator."),
    "unjudged": Text("Kan inte bedömas", "Not judged"),
    "since": Text("sedan {period} ({count})", "since {period} ({count})"),
    "since_first": Text("ända sedan {period} ({count})", "ever since {period} ({count})"),
    "goal": Text("mål {goal}", "target {goal}"),
    "above": Text("över {target}", "above {target}"),
    "below": Text("under {target}", "below {target}"),
    "no_target_set": Text("inget mål", "no target"),
    "cards": Text("Nyckeltalen", "The indicators"),
    "companions": Text("Följetal", "Companions"),
    "companions_note": Text("Utan mål, men bra att ha bredvid.", "Without targets, good beside."),
    "pair": Text(
        "{first} och {second} motsäger inte varandra, fast det ena talet säger att kunder kommer "
        "tillbaka och det andra att de försvinner: de frågar olika kunder om olika tid.",
        "{first} and {second} do not contradict each other, though one says that customers come "
        "back and the other that they leave: they ask different customers about different times.",
    ),
    "pair_bases": Text(
        "Underlaget är {first_base} för det första och {second_base} för det andra.",
        "The base is {first_base} for the first and {second_base} for the second.",
    ),
    "interval": Text("95 %-intervall", "95% interval"),
    "target": Text("Mål", "Target"),
    "base": Text("Underlag", "Base"),
    "period": Text("Period", "Period"),
    "change": Text("Ändring", "Change"),
    "status": Text("Bedömning", "Verdict"),
    "value": Text("Värde", "Value"),
    "is_real": Text("på riktigt", "real"),
    "is_chance": Text("inom slumpen", "within chance"),
    "is_unjudged": Text("för litet underlag", "too small a base"),
    "no_change": Text("inget att jämföra med", "nothing to compare with"),
    "so_far": Text("{period} hittills: {value}", "{period} so far: {value}"),
    "so_far_none": Text("{period} hittills: inget värde", "{period} so far: no value"),
    "partial": Text("pågår", "running"),
    "details": Text("Trend och delning", "Trend and cuts"),
    "spark_alt": Text(
        "{label}, {count} perioder till {period}: från {first} till {last}.",
        "{label}, {count} periods to {period}: from {first} to {last}.",
    ),
    "spark_none": Text("{label}: inget värde att rita.", "{label}: no value to draw."),
    "trend": Text("Utveckling", "Trend"),
    "trend_alt": Text(
        "Linje: värde. Band: 95 %-intervall. {target}{partial}",
        "Line: value. Band: 95% interval. {target}{partial}",
    ),
    "trend_target": Text("Streckad: målet {target}. ", "Dashed: the target {target}. "),
    "trend_partial": Text(
        "Ihålig punkt: pågående period eller för litet underlag.",
        "Hollow dot: running period or too small a base.",
    ),
    "as_table": Text("Talen som tabell", "The numbers as a table"),
    "cuts": Text("Delat på", "Cut by"),
    "cuts_note": Text(
        "Punkt: värde. Streck: 95 %-intervall. Lodrät linje: målet, annars totalen. Ihålig punkt: "
        "för litet underlag. Skalan är densamma i alla rutor.",
        "Dot: value. Bar: 95% interval. Upright line: the target, else the total. Hollow dot: too "
        "small a base. The scale is the same in all panels.",
    ),
    "cut_scale": Text("Skala {low} till {high}.", "Scale {low} to {high}."),
    "cut_none": Text("Inga värden att dela upp.", "No values to cut."),
    "cut_single": Text(
        "Bara ett värde, samma som totalen: {value}.",
        "A single value, the same as the total: {value}.",
    ),
    "cut_some": Text(
        "De {shown} av {count} som har störst underlag.",
        "The {shown} of {count} with the largest base.",
    ),
    "excluded": Text("Utelämnat", "Left out"),
    "excluded_none": Text("Inget utelämnades.", "Nothing was left out."),
    "excluded_read": Text(
        "{read} lästa, {used} räknade, {left} utelämnade.",
        "{read} read, {used} counted, {left} left out.",
    ),
    "reason": Text("Skäl", "Reason"),
    "count": Text("Antal", "Count"),
    "share_of_read": Text("Andel", "Share"),
    "distribution": Text("Poängen 0–10", "Scores 0–10"),
    "distribution_note": Text(
        "{count} svar räknade i {period}: det senaste per kund och undersökning.",
        "{count} answers counted in {period}: the latest of each customer and survey.",
    ),
    "distribution_all": Text(
        "{count} giltiga svar i {period}. Det är alla, inte bara de {base} som räknas i värdet.",
        "{count} valid answers in {period}. These are all, not only the {base} counted above.",
    ),
    "distribution_none": Text(
        "Inga svar på skalan 0–10 i {period}.", "No answers on the scale 0–10 in {period}."
    ),
    "distribution_alt": Text("Stapeldiagram, svar per poäng: ", "Bar chart, answers per score: "),
    "distribution_groups": Text(
        "{detractors} kritiker (0–6), {passives} passiva (7–8), {promoters} ambassadörer (9–10).",
        "{detractors} detractors (0–6), {passives} passives (7–8), {promoters} promoters (9–10).",
    ),
    "score": Text("Poäng", "Score"),
    "answers": Text("Svar", "Answers"),
    "night": Text("Nattens datakvalitet", "Data quality of the night"),
    "night_unknown": Text(
        "Nattens kvalitet finns inte till hands för den här sidan: talen är lästa ur den "
        "publicerade filen, som inte berättar vad som laddades eller hölls tillbaka.",
        "The night's quality is not at hand for this page: the numbers were read from the "
        "published file, which does not tell what was loaded or held back.",
    ),
    "table": Text("Tabell", "Table"),
    "files": Text("Filer", "Files"),
    "known": Text("Redan laddade", "Already loaded"),
    "loaded": Text("Laddade rader", "Rows loaded"),
    "rejected": Text("Avvisade", "Rejected"),
    "quarantined": Text("I karantän", "Quarantined"),
    "no_files": Text("Inga filer landade.", "No files were landed."),
    "gates": Text("{passed} av {all} grindar passerade.", "{passed} of {all} gates passed."),
    "no_gates": Text("Ingen grind har körts.", "No gate was run."),
    "tests": Text(
        "Tester på {models} modeller: {passed} klarade, {failed} fallerade, {warned} varnade, "
        "{skipped} överhoppade.",
        "Tests on {models} models: {passed} passed, {failed} failed, {warned} warned, "
        "{skipped} skipped.",
    ),
    "warnings": Text("Varningar", "Warnings"),
    "no_warnings": Text("Inga varningar.", "No warnings."),
    "took": Text("Sekunder: {steps}.", "Seconds: {steps}."),
    "freshness": Text("Färskhet", "Freshness"),
    "fresh_as_of": Text("Data till och med", "Data up to and including"),
    "fresh_published": Text("Publicerad", "Published"),
    "fresh_generation": Text("Generation", "Generation"),
    "fresh_night": Text("Natt", "Night"),
    "reading": Text("Så läses sidan", "How to read this page"),
    "reading_text": Text(
        "Talen gäller den senaste hela perioden. Ett flöde räknar det som hände i perioden, ett "
        "lager är läget vid dess slut. Intervallet är 95 %. Ändringar jämför med kalenderperioden "
        "före. Inga personuppgifter finns på sidan.",
        "Numbers are of the newest complete period. A flow counts what happened in the period, a "
        "stock is the state at its end. Intervals are 95%. Changes look one calendar period back. "
        "There is no personal data on this page.",
    ),
    "kind_flow": Text("Flöde", "Flow"),
    "kind_stock": Text("Lager", "Stock"),
    "minimum": Text("Bedöms från {count} {unit}.", "Judged from {count} {unit} on."),
    "to_top": Text("Till toppen", "Back to top"),
    "missing_tables": Text(
        "Mättes inte: det behövs {needed}, och av {missing} finns inga rader.",
        "Was not measured: it needs {needed}, and there are no rows of {missing}.",
    ),
    "never_measured": Text(
        "Har aldrig mätts: det behövs {needed}, och inga sådana av rätt slag finns.",
        "Was never measured: it needs {needed}, and there are none of the right kind.",
    ),
    "not_this_period": Text(
        "Mättes inte i {period}. Senast {last}: {value}.",
        "Was not measured in {period}. Last in {last}: {value}.",
    ),
    "not_yet": Text(
        "Mättes inte i {period}, men finns för senare perioder.",
        "Was not measured in {period}; later periods have it.",
    ),
}
