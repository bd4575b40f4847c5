"""Every sentence of the page, in Swedish and English, and the words for the marts' codes."""

# Ranges are set with dashes, as both languages do.
# ruff: noqa: RUF001

from loyalty.page.texts import Text, same

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

STATUSES = {
    "met": Text("uppnått", "met"),
    "missed": Text("missat", "missed"),
    "not_distinguishable": Text("osäkert", "too close to call"),
    "no_target": Text("inget mål", "no target"),
    "not_reportable": Text("för litet underlag", "base too small"),
    "no_data": Text("mättes inte", "not measured"),
}

# A sign beside the word, so that neither colour nor reading is needed to tell them apart.
SIGNS = {
    "met": "✓",
    "missed": "✕",
    "not_distinguishable": "≈",
    "no_target": "·",
    "not_reportable": "<",
    "no_data": "∅",
}

UNITS = {
    "answer": Text("svar", "answers"),
    "customer": Text("kunder", "customers"),
    "member": Text("medlemskap", "memberships"),
    "order": Text("ordrar", "orders"),
    "case": Text("ärenden", "cases"),
    "invitation": Text("inbjudningar", "invitations"),
    "delivery": Text("leveranser", "deliveries"),
}

ENTITIES = {
    "orders": Text("ordrar", "orders"),
    "memberships": Text("medlemskap", "memberships"),
    "program_events": Text("programhändelser", "programme events"),
    "shares": Text("delningar", "shares"),
    "survey_answers": Text("enkätsvar", "survey answers"),
    "survey_invitations": Text("enkätinbjudningar", "survey invitations"),
    "support_cases": Text("supportärenden", "support cases"),
    "deliveries": Text("leveranser", "deliveries"),
    "web_sessions": Text("webbplatsbesök", "web sessions"),
}

DIMENSIONS = {
    "source_id": Text("datakälla", "data source"),
    "country_code": Text("land", "country"),
    "sales_channel": Text("försäljningskanal", "sales channel"),
    "device_type": Text("enhet", "device"),
    "member_status": Text("medlemskap", "membership"),
    "tier": Text("nivå", "tier"),
    "survey_kind": Text("enkät", "survey"),
    "survey_channel": Text("enkätkanal", "survey channel"),
    "carrier": Text("transportör", "carrier"),
    "on_time_band": Text("leveransprecision", "on-time delivery"),
    "case_channel": Text("ärendekanal", "case channel"),
    "case_category": Text("ärendetyp", "case category"),
    "months_since_joining": Text("månader som medlem", "months since joining"),
}

# Codes of segments and reasons; one that is not here is shown as it was landed.
CODES = {
    "unknown": Text("okänt", "unknown"),
    "member": Text("medlem", "member"),
    "not_member": Text("inte medlem", "not a member"),
    "on_time": Text("i tid", "on time"),
    "1-2_days_late": Text("1–2 dagar försenad", "1–2 days late"),
    "3-7_days_late": Text("3–7 dagar försenad", "3–7 days late"),
    "over_7_days_late": Text("mer än 7 dagar försenad", "more than 7 days late"),
    "mobile_web": Text("mobilwebb", "mobile web"),
    "mobile_app": Text("mobilapp", "mobile app"),
    "desktop": Text("dator", "desktop"),
    "tablet": Text("surfplatta", "tablet"),
    "web": Text("webb", "web"),
    "app": Text("app", "app"),
    "store": Text("butik", "store"),
    "phone": Text("telefon", "phone"),
    "email": Text("e-post", "e-mail"),
    "sms": Text("sms", "SMS"),
    "chat": Text("chatt", "chat"),
    "bronze": Text("brons", "bronze"),
    "silver": Text("silver", "silver"),
    "gold": Text("guld", "gold"),
    "nps_relationship": Text("relations-NPS", "relationship NPS"),
    "nps_transactional": Text("transaktions-NPS", "transactional NPS"),
    "csat": same("CSAT"),
    "delivery": Text("leverans", "delivery"),
    "support": Text("support", "support"),
    "test_account": Text("testkonto", "test account"),
    "guest": Text("gästköp", "guest"),
    "cancelled": Text("annullerad", "cancelled"),
    "not_paid": Text("inte betald", "not paid"),
    "refunded_in_full": Text("helt återbetald", "refunded in full"),
    "store_order": Text("butiksköp", "store order"),
    "device_unknown": Text("okänd enhet", "unknown device"),
    "skipped": Text("överhoppad fråga", "question skipped"),
    "score_out_of_range": Text("svar utanför skalan", "score out of range"),
    "scale_not_0_to_10": Text("annan skala än 0–10", "scale other than 0–10"),
    "case_unknown": Text("okänt ärende", "unknown case"),
    "case_not_closed": Text("ej avslutat ärende", "case not closed"),
    "superseded_answer": Text("ersatt av senare svar", "replaced by a later answer"),
    "window_not_closed": Text("mätperioden pågår än", "window not over yet"),
    "bounced": Text("studsade", "bounced"),
    "opted_out": Text("avregistrerad", "opted out"),
    "throttled": Text("stoppad av utskicksgräns", "held back by the send limit"),
}

STEPS = {
    "load": Text("inläsning", "load"),
    "build": Text("modellbygge", "build"),
    "check": Text("kontroll", "check"),
    "publish": Text("publicering", "publish"),
    "prune": Text("gallring", "prune"),
}

GRAIN_COUNTS = {
    "week": (
        Text("1\u00a0vecka", "1\u00a0week"),
        Text("{count}\u00a0veckor", "{count}\u00a0weeks"),
    ),
    "month": (
        Text("1\u00a0månad", "1\u00a0month"),
        Text("{count}\u00a0månader", "{count}\u00a0months"),
    ),
    "quarter": (
        Text("1\u00a0kvartal", "1\u00a0quarter"),
        Text("{count}\u00a0kvartal", "{count}\u00a0quarters"),
    ),
}


def code_text(code: str) -> Text:
    """Return the words for a landed code, or the code itself."""
    return CODES.get(code, same(code))


def plain_text(words: dict[str, Text], code: str) -> Text:
    """Return the words for a name of the marts; an unknown one without its underscores."""
    return words.get(code, same(code.replace("_", " ")))


def count_text(grain: str, count: int) -> Text:
    """Return how many periods, in words."""
    one, many = GRAIN_COUNTS[grain]
    return one if count == 1 else many.fill(count=count)
