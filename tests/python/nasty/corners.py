"""Hand-written rows for the cases that chance may miss. Moments here are text, as landed."""

from __future__ import annotations

from .crowd import Row, Tables


def corners() -> Tables:
    """Rows to be landed as they stand, in text formats."""
    return {
        "customers": [
            {"customer_id": "x-test", "country_code": "SE", "is_test": "true"},
            {"customer_id": "x-staff", "country_code": "NO", "is_employee": "1"},
            {"customer_id": "x-plain", "country_code": "SE", "is_test": "0"},
            {"customer_id": "x-silent", "country_code": "FI"},
        ],
        "orders": _orders(),
        "deliveries": [
            {"delivery_id": "xd-test", "order_id": "x-test-order", "carrier": "DHL",
             "promised_at": "2025-02-03", "delivered_at": "2025-02-03T23:59:59"},
            {"delivery_id": "xd-midnight", "order_id": "x-plain-1", "carrier": "DHL",
             "promised_at": "2025-03-29", "delivered_at": "2025-03-29T23:00:00Z"},
            {"delivery_id": "xd-just", "order_id": "x-plain-1", "carrier": "DHL",
             "promised_at": "2025-03-29", "delivered_at": "2025-03-29T22:59:59Z"},
            # Promised for a day after the evaluation, arrived early.
            {"delivery_id": "xd-early", "order_id": "x-plain-1",
             "promised_at": "2025-09-30", "delivered_at": "2025-09-16"},
            {"delivery_id": "xd-late-arrival", "order_id": "x-plain-1",
             "promised_at": "2025-09-10", "delivered_at": "2025-09-18T00:00:00+02:00"},
        ],
        "support_cases": [
            {"case_id": "xk-test", "order_id": "x-test-order", "customer_id": "x-plain",
             "opened_at": "2025-02-01", "closed_at": "2025-02-05", "case_channel": "chat"},
            {"case_id": "xk-open", "customer_id": "x-plain", "opened_at": "2025-02-01"},
            {"case_id": "xk-today", "customer_id": "x-plain", "opened_at": "2025-09-01",
             "closed_at": "2025-09-17T23:59:59", "case_channel": "chat", "category": "refund"},
            {"case_id": "xk-tomorrow", "customer_id": "x-plain", "opened_at": "2025-09-01",
             "closed_at": "2025-09-17T22:00:00Z", "case_channel": "chat", "category": "refund"},
        ],
        "memberships": [
            {"membership_id": "xm-9", "customer_id": "x-plain", "enrolled_at": "2024-03-01",
             "activated_at": "2024-03-05T10:00"},
            # Activated at the same moment: the greater key as text, "xm-9", speaks for the tier.
            {"membership_id": "xm-10", "customer_id": "x-plain", "enrolled_at": "2024-03-01",
             "activated_at": "2024-03-05 09:00:00Z".replace(" ", "T")},
            {"membership_id": "xm-never", "customer_id": "x-silent",
             "enrolled_at": "2024-03-01", "cancelled_at": "2024-05-01"},
            {"membership_id": "xm-backwards", "customer_id": "x-silent",
             "enrolled_at": "2024-06-01", "activated_at": "2024-07-01",
             "cancelled_at": "2024-06-15"},
            {"membership_id": "xm-one-day", "customer_id": "x-silent",
             "enrolled_at": "2024-08-01", "activated_at": "2024-08-01 08:00:00",
             "cancelled_at": "2024-08-01 20:00:00"},
            {"membership_id": "xm-test", "customer_id": "x-test", "enrolled_at": "2024-03-01",
             "activated_at": "2024-03-02"},
            {"membership_id": "xm-last-of-month", "customer_id": "c0001",
             "enrolled_at": "2024-08-31", "activated_at": "2024-08-31"},
            {"membership_id": "xm-future-end", "customer_id": "c0002",
             "enrolled_at": "2024-08-31", "activated_at": "2024-08-31",
             "cancelled_at": "2025-09-18"},
            {"membership_id": "xm-last-day", "customer_id": "c0003",
             "enrolled_at": "2024-08-31", "activated_at": "2024-08-31",
             "cancelled_at": "2025-09-17T23:59:00"},
        ],
        "membership_tiers": [
            {"membership_id": "xm-9", "valid_from": "2024-03-05T10:00", "tier": "nine"},
            {"membership_id": "xm-10", "valid_from": "2024-03-05", "tier": "ten"},
            # One instant in two notations is one key: the later row replaces the first.
            {"membership_id": "xm-9", "valid_from": "2025-01-10T12:00:00+01:00", "tier": "silver"},
            {"membership_id": "xm-9", "valid_from": "2025-01-10T11:00:00Z", "tier": "gold"},
            {"membership_id": "xm-nobody", "valid_from": "2025-01-10", "tier": "gold"},
        ],
        "program_events": [
            {"event_id": "xe-1", "membership_id": "xm-test", "occurred_at": "2025-01-05",
             "event_type": "offer_opened"},
            {"event_id": "xe-2", "membership_id": "xm-9", "occurred_at": "2025-01-05",
             "event_type": "offer_opened", "order_id": "x-test-order"},
            {"event_id": "xe-3", "membership_id": "xm-last-of-month",
             "occurred_at": "2025-09-18T00:00:00", "event_type": "points_redeemed"},
        ],
        "survey_invitations": _invitations(),
        "survey_answers": _answers(),
        "shares": [
            {"share_id": "xs-1", "customer_id": "x-plain", "shared_at": "2025-01-31T23:30:00"},
            {"share_id": "xs-2", "customer_id": "x-test", "shared_at": "2025-01-31",
             "share_kind": "share"},
        ],
    }  # fmt: skip


def _orders() -> list[Row]:
    def order(key: str, customer: str | None, at: str, **more: str) -> Row:
        row = {"order_id": key, "customer_id": customer, "ordered_at": at, "status": "paid"}
        return {**row, "order_amount": "100.00", "sales_channel": "web", **more}

    phone = {"device_type": "mobile_web"}
    return [
        order("x-test-order", "x-plain", "2025-02-01", is_test="true", **phone),
        order("x-test-guest", None, "2025-02-01", is_test="true", **phone),
        order("x-by-tester", "x-test", "2025-02-01", **phone),
        order("x-by-staff", "x-staff", "2025-02-01", **phone),
        order("x-plain-1", "x-plain", "2024-02-28", **phone),
        # 28 February 2024 + 365 days is 27 February 2025: leap years count days, not dates.
        order("x-plain-2", "x-plain", "2025-02-27 23:59:59", **phone),
        order("x-skipped-hour", "x-plain", "2025-03-30 02:30:00", **phone),
        order("x-first-pass", "x-plain", "2024-10-27 02:30:00", **phone),
        order("x-second-pass", "x-plain", "2024-10-27T02:30:00+01:00", **phone),
        order("x-month-end", "x-plain", "2025-01-31T23:30:00Z", **phone),
        order("x-year-end", "x-plain", "2024-12-31T23:30:00Z", **phone),
        order("x-west", "x-plain", "2025-05-31T20:00:00-05:00", **phone),
        order("x-east", "x-plain", "2025-06-01T02:00:00+05:30", **phone),
        order("x-date-alone", "x-plain", "2025-06-16", **phone),
        order("x-last-moment", "x-plain", "2025-09-17T21:59:59Z", **phone),
        order("x-too-late", "x-plain", "2025-09-17T22:00:00Z", **phone),
        order("x-dear", "x-plain", "2025-04-01", **phone, order_amount="12345678.90"),
        order("x-nothing", "x-plain", "2025-04-01", **phone, order_amount="0"),
        order("x-nothing-back", "x-plain", "2025-04-01", **phone, order_amount="0.00",
              status="refunded", refunded_amount="0.00"),
        order("x-nothing-paid", "x-plain", "2025-04-01", **phone, order_amount="0",
              refunded_amount="0"),
        order("x-cent-short", "x-plain", "2025-04-01", **phone, status="refunded",
              refunded_amount="99.99"),
        order("x-paid-back", "x-plain", "2025-04-01", **phone, refunded_amount="100"),
        order("x-pending-back", "x-plain", "2025-04-01", **phone, status="pending",
              refunded_amount="100"),
        order("x-store-phone", "x-plain", "2025-04-01", device_type="mobile_app",
              sales_channel="store"),
        order("x-telephone", "x-plain", "2025-04-01", device_type="desktop",
              sales_channel="phone"),
        order("x-undescribed", "x-nobody", "2025-04-01", **phone),
    ]  # fmt: skip


def _invitations() -> list[Row]:
    def invitation(key: str, kind: str, at: str, **more: str) -> Row:
        row = {"invitation_id": key, "survey_kind": kind, "survey_channel": "email"}
        return {**row, "sent_at": at, **more}

    return [
        invitation("xi-test", "csat", "2025-02-02", customer_id="x-test"),
        invitation("xi-test-order", "csat", "2025-02-02", order_id="x-test-order"),
        invitation("xi-test-delivery", "delivery", "2025-02-02", delivery_id="xd-test",
                   delivery_status="bounced"),
        invitation("xi-test-case", "support", "2025-02-02", case_id="xk-test"),
        invitation("xi-14", "csat", "2025-04-01T23:30:00", customer_id="x-plain"),
        invitation("xi-15", "csat", "2025-04-01T00:30:00", customer_id="x-plain"),
        invitation("xi-before", "csat", "2025-04-01", customer_id="x-plain"),
        # Sent on as_of - 14 and - 13: the one is closed, the other not.
        invitation("xi-closed", "csat", "2025-09-03T23:59:00", customer_id="x-plain"),
        invitation("xi-open", "csat", "2025-09-04T00:00:00", customer_id="x-plain"),
        invitation("xi-open-bounced", "csat", "2025-09-10", delivery_status="bounced"),
        # Sent after as_of, answered before it.
        invitation("xi-future", "csat", "2025-09-18", customer_id="x-plain",
                   order_id="x-plain-2"),
        invitation("xi-own-values", "csat", "2025-05-01", customer_id="x-plain",
                   order_id="x-plain-1"),
        invitation("xi-by-tester", "csat", "2025-05-01", customer_id="x-plain"),
        invitation("xi-all", "delivery", "2025-04-01", customer_id="x-plain",
                   order_id="x-plain-1", delivery_id="xd-just", case_id="xk-today"),
    ]  # fmt: skip


def _answers() -> list[Row]:
    def answer(key: str, kind: str, at: str, score: str | None, **more: str) -> Row:
        low, high = ("0", "10") if kind.startswith("nps") else ("1", "5")
        row = {"answer_id": key, "survey_kind": kind, "answered_at": at, "score": score}
        return {**row, "scale_min": low, "scale_max": high, **more}

    plain = {"customer_id": "x-plain"}
    return [
        answer("xa-1", "nps_relationship", "2025-02-03", "10", customer_id="x-test"),
        answer("xa-2", "nps_relationship", "2025-02-03", "10", order_id="x-test-order"),
        answer("xa-3", "delivery", "2025-02-04", "1", delivery_id="xd-test", **plain),
        answer("xa-4", "support", "2025-02-04", "1", case_id="xk-test", **plain),
        answer("xa-5", "csat", "2025-02-04", "1", invitation_id="xi-test-order"),
        answer("xa-6", "csat", "2025-02-04", "1", order_id="x-by-staff"),
        answer("xa-7", "csat", "2025-02-04", "1", order_id="x-by-tester", **plain),
        # Test, skipped and of a wrong scale at once: the first reason of the list.
        answer("xa-8", "nps_relationship", "2025-02-03", None, customer_id="x-test"),
        answer("xa-9", "nps_relationship", "2025-02-03", "11", scale_min="1", **plain),
        answer("xa-10", "nps_relationship", "2025-02-03", "9.0", **plain),
        # Tied in time: "xa-9b" is the greatest key as text.
        answer("xa-9b", "nps_transactional", "2025-02-03T10:00:00+01:00", "9", **plain),
        answer("xa-10b", "nps_transactional", "2025-02-03T09:00:00Z", "0", **plain),
        answer("xa-11", "nps_relationship", "2025-02-09T23:59:59", "7", **plain),
        answer("xa-12", "nps_relationship", "2025-02-10", "8", **plain),
        answer("xa-13", "csat", "2025-04-15T23:59:00", None, invitation_id="xi-14"),
        answer("xa-14", "csat", "2025-04-16", "5", invitation_id="xi-15"),
        answer("xa-15", "csat", "2025-03-31T23:59:59", "5", invitation_id="xi-before"),
        answer("xa-16", "csat", "2025-09-17", "5", invitation_id="xi-closed"),
        answer("xa-17", "csat", "2025-09-05", "5", invitation_id="xi-open"),
        answer("xa-18", "csat", "2025-09-17", "5", invitation_id="xi-future"),
        answer("xa-19", "csat", "2025-05-02", "2", invitation_id="xi-own-values",
               customer_id="x-nobody", order_id="x-undescribed", survey_channel="sms"),
        answer("xa-20", "csat", "2025-05-02", "2", invitation_id="xi-by-tester",
               customer_id="x-test"),
        answer("xa-21", "delivery", "2025-04-02", "5.0", invitation_id="xi-all"),
        answer("xa-22", "support", "2025-09-02", "2", case_id="xk-today", **plain),
        answer("xa-23", "support", "2025-09-03", "5", case_id="xk-today", **plain),
        answer("xa-24", "support", "2025-09-03", "5", case_id="xk-tomorrow", **plain),
        answer("xa-25", "support", "2025-09-03", "5", case_id="xk-open", **plain),
        answer("xa-26", "support", "2025-09-03", "5", **plain),
        answer("xa-27", "support", "2025-09-03", "9", case_id="xk-gone", **plain),
        answer("xa-28", "csat", "2025-09-17T23:59:59", "4", **plain),
        answer("xa-29", "csat", "2025-09-18T00:00:00", "1", **plain),
        answer("xa-30", "csat", "2025-09-17T22:00:00Z", "1", order_id="x-plain-2"),
        answer("xa-31", "csat", "2025-08-01", "5", order_id="x-plain-2"),
        answer("xa-32", "nps_relationship", "2025-08-01", "10"),
        answer("xa-33", "nps_relationship", "2025-08-01", "10"),
        answer("xa-34", "csat", "2025-08-01", "4.5", **plain),
        answer("xa-35", "csat", "2025-08-01", "-1", **plain),
        answer("xa-36", "csat", "2025-08-01", "3", order_id="order-nobody-knows"),
        answer("xa-37", "csat", "2025-08-02", "5", order_id="order-nobody-knows"),
    ]  # fmt: skip
