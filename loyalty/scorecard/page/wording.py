"""Every sentence of the page, in Swedish and English, and the words for the marts' codes."""

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

STATUSES = {
    "met": Text("nått", "met"),
    "missed": Text("missat", "missed"),
    "not_distinguishable": Text("oavgjort", "not distinguishable"),
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
    "web_sessions": Text("webbesök", "web sessions"),
}

DIMENSIONS = {
    "source_id": Text("källa", "source"),
    "country_code": Text("land", "country"),
    "sales_channel": Text("försäljningskanal", "sales channel"),
    "device_type": Text("enhet", "device"),
    "member_status": Text("medlemskap", "membership"),
    "tier": Text("nivå", "tier"),
    "survey_kind": Text("undersökning", "survey"),
    "survey_channel": Text("enkätkanal", "survey channel"),
    "carrier": Text("transportör", "carrier"),
    "on_time_band": Text("leveranstid", "delivery on time"),
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
    "1-2_days_late": Text("1–2 dagar sen", "1–2 days late"),
    "3-7_days_late": Text("3–7 dagar sen", "3–7 days late"),
    "over_7_days_late": Text("över 7 dagar sen", "over 7 days late"),
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
    "nps_relationship": Text("NPS relation", "NPS relationship"),
    "nps_transactional": Text("NPS händelse", "NPS transactional"),
    "csat": same("CSAT"),
    "delivery": Text("leverans", "delivery"),
    "support": Text("support", "support"),
    "test_account": Text("testkonto", "test account"),
    "guest": Text("gäst", "guest"),
    "cancelled": Text("avbeställd", "cancelled"),
    "not_paid": Text("inte betald", "not paid"),
    "refunded_in_full": Text("helt återbetald", "refunded in full"),
    "store_order": Text("köpt i butik", "store order"),
    "device_unknown": Text("okänd enhet", "device unknown"),
    "skipped": Text("överhoppad fråga", "question skipped"),
    "score_out_of_range": Text("poäng utanför skalan", "score out of range"),
    "scale_not_0_to_10": Text("inte skalan 0–10", "scale is not 0–10"),
    "case_unknown": Text("okänt ärende", "case unknown"),
    "case_not_closed": Text("ärendet inte avslutat", "case not closed"),
    "superseded_answer": Text("ersatt av senare svar", "superseded by a later answer"),
    "window_not_closed": Text("fönstret inte stängt", "window not closed"),
    "bounced": Text("studsade", "bounced"),
    "opted_out": Text("avböjt utskick", "opted out"),
    "throttled": Text("spärrad av utskicksgräns", "throttled"),
}

STEPS = {
    "load": Text("laddning", "load"),
    "build": Text("bygge", "build"),
    "check": Text("kontroll", "check"),
    "publish": Text("publicering", "publish"),
    "prune": Text("gallring", "prune"),
}

GRAIN_COUNTS = {
    "week": (Text("1 vecka", "1 week"), Text("{count} veckor", "{count} weeks")),
    "month": (Text("1 månad", "1 month"), Text("{count} månader", "{count} months")),
    "quarter": (Text("1 kvartal", "1 quarter"), Text("{count} kvartal", "{count} quarters")),
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
