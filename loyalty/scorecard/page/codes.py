"""The words for what the marts say in codes, in Swedish and English."""

# Ranges are set with dashes, as both languages do.
# ruff: noqa: RUF001

from loyalty.scorecard.page.texts import Text, same

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
