"""Some seven hundred customers with plausible lives, and with every irregularity in some of them.

A row is a dict of column to value; moments are aware UTC datetimes. Nothing here knows which row
of a key wins or which answer counts: that is for the readers of the data to find out.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Tables = dict[str, list[Row]]

ZONE = ZoneInfo("Europe/Stockholm")
FIRST_DAY, LAST_DAY = date(2024, 2, 1), date(2025, 10, 22)
CLOCK_CHANGES = (date(2024, 3, 31), date(2024, 10, 27), date(2025, 3, 30))
SCALES = {
    "nps_relationship": [((0, 10), 95), ((1, 10), 3), ((1, 5), 2)],
    "nps_transactional": [((0, 10), 95), ((1, 10), 3), ((1, 7), 2)],
    "csat": [((1, 5), 60), ((1, 7), 10), ((1, 10), 8), ((0, 10), 8), ((1, 3), 7), ((1, 2), 7)],
    "delivery": [((1, 5), 85), ((1, 7), 8), ((0, 10), 7)],
    "support": [((1, 5), 70), ((1, 3), 10), ((1, 2), 10), ((1, 10), 10)],
}
COMMENTS = (
    None,
    None,
    "Bra!",
    'Sa "nästan" aldrig, sen\nkom paketet',
    "slow; late, and wet",
    "=1+1",
    "Très bien",
)


class Crowd:
    """Draws all tables from one random stream; `tables` holds what was drawn."""

    def __init__(self, random: Random, customers: int = 700) -> None:
        self.random = random
        self.tables: Tables = {}
        self.customers = [f"c{number:04d}" for number in range(1, customers - 3)]
        # Keys are text: these are four people.
        self.customers += ["12", "012", "C0001", "c 13"]
        self.draw_customers()
        self.draw_orders()
        self.draw_deliveries()
        self.draw_cases()
        self.draw_memberships()
        self.draw_events()
        self.draw_invitations()
        self.draw_answers()
        self.draw_shares()
        self.draw_the_rest()

    # --- small tools ---------------------------------------------------------------------

    def add(self, table: str, row: Row) -> Row:
        self.tables.setdefault(table, []).append(row)
        return row

    def happens(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    def pick(self, weights: dict[Any, float]) -> Any:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def moment(self, day: date) -> datetime:
        """A moment of a local day; often near midnight or where the clocks change."""
        if day in CLOCK_CHANGES and self.happens(60):
            return self.at_clock_change(day)
        if self.happens(12):
            seconds = self.random.choice((0, 1, 600, 1800, 82800, 84600, 86399))
        else:
            seconds = self.random.randrange(7 * 3600, 23 * 3600)
        return datetime.combine(day, time(), ZONE).astimezone(UTC) + timedelta(seconds=seconds)

    def at_clock_change(self, day: date) -> datetime:
        """Between 00:10 and 02:50 UTC: on both sides of the change, in both doubled hours."""
        minutes = self.random.choice((10, 30, 59, 60, 90, 119, 120, 170))
        return datetime.combine(day, time(), UTC) + timedelta(minutes=minutes)

    def after(self, moment: datetime, days: float) -> datetime:
        """A moment some local days later."""
        return self.moment(moment.astimezone(ZONE).date() + timedelta(days=int(days)))

    def revised(self, moment: datetime) -> datetime | None:
        """A plausible `updated_at`; sometimes none."""
        if self.happens(10):
            return None
        return moment + timedelta(hours=self.random.randrange(0, 400))

    @staticmethod
    def has_passed(moment: datetime) -> bool:
        return moment.astimezone(ZONE).date() > LAST_DAY

    # --- customers and orders ------------------------------------------------------------

    def draw_customers(self) -> None:
        for number, key in enumerate(self.customers):
            if self.happens(4):
                continue
            registered = self.moment(FIRST_DAY - timedelta(days=self.random.randrange(1, 300)))
            # One in forty shares the address of another; within a source they stay two persons.
            mailbox = number - 1 if number % 40 == 1 else number
            self.add(
                "customers",
                {
                    "customer_id": key,
                    "email": f"person{mailbox}@example.com" if not self.happens(5) else None,
                    "phone": f"+4670{number:07d}",
                    "full_name": f"Åsa Öberg-{number}",
                    "country_code": self.pick(
                        {"SE": 45, "NO": 20, "FI": 15, "DK": 14, "se": 1, None: 5}
                    ),
                    "registered_at": registered,
                    "is_test": self.pick({True: 2, False: 88, None: 10}),
                    "is_employee": self.pick({True: 2, False: 88, None: 10}),
                    "marketing_consent": self.pick({True: 50, False: 50}),
                    "survey_consent": self.pick({True: 50, False: 40, None: 10}),
                    "updated_at": self.revised(registered),
                },
            )

    def draw_orders(self) -> None:
        span = (LAST_DAY - FIRST_DAY).days
        for key in self.customers:
            if self.happens(4):
                continue
            day = FIRST_DAY + timedelta(days=int(span * self.random.random() ** 1.7))
            pace = self.random.choice((25, 45, 80, 160))
            while day <= LAST_DAY:
                self.draw_order(key, day)
                while self.happens(8):
                    self.draw_order(key, day)
                day += timedelta(days=1 + int(self.random.expovariate(1 / pace)))
                if self.happens(9):
                    break
        for change in CLOCK_CHANGES:
            for _ in range(15):
                self.draw_order(self.random.choice(self.customers), change)

    def draw_order(self, customer: str, day: date) -> None:
        ordered = self.moment(day)
        amount = 0.0 if self.happens(3) else self.random.randrange(4900, 250000) / 100
        status = self.pick(
            {
                "fulfilled": 60,
                "paid": 19,
                "refunded": 9,
                "cancelled": 6,
                "pending": 4,
                "on_hold": 1,
                "PAID": 1,
            }
        )
        channel = self.pick({"web": 50, "app": 27, "store": 12, "phone": 5, "kiosk": 1, None: 5})
        devices = {"desktop": 35, "mobile_web": 25, "tablet": 7, "mobile_app": 3, "tv": 1, None: 5}
        if channel == "app":
            devices = {"mobile_app": 80, "tablet": 15, None: 5}
        if channel == "store":
            devices = {None: 80, "mobile_app": 20}
        self.add(
            "orders",
            {
                "order_id": str(len(self.tables.get("orders", [])) + 1),
                "customer_id": None if self.happens(8) else customer,
                "ordered_at": ordered,
                "status": status,
                "sales_channel": channel,
                "device_type": self.pick(devices),
                "currency": self.pick({"SEK": 60, "NOK": 20, "EUR": 20}),
                "order_amount": amount,
                "refunded_amount": self.refund(status, amount),
                "discount_amount": self.pick({None: 50, 0.0: 30, 25.5: 20}),
                "shipping_amount": self.pick({0.0: 60, 49.0: 40}),
                "store_id": "s1" if channel == "store" else None,
                "is_test": self.pick({True: 1.5, False: 88.5, None: 10}),
                "updated_at": self.revised(ordered),
            },
        )

    def refund(self, status: str, amount: float) -> float | None:
        """Whole without an amount, in part, whole, more than whole, and nothing at all."""
        part = round(amount / 3, 2)
        if status == "refunded":
            kinds = {None: 25, "part": 38, "whole": 20, "more": 7, "nothing": 10}
        else:
            kinds = {None: 60, "nothing": 32, "part": 4, "whole": 3, "more": 1}
        amounts = {None: None, "part": part, "whole": amount, "more": amount + 10, "nothing": 0.0}
        return amounts[self.pick(kinds)]

    # --- deliveries and cases ------------------------------------------------------------

    def draw_deliveries(self) -> None:
        for order in self.tables["orders"]:
            is_sent = order["status"] not in ("cancelled", "pending") or self.happens(20)
            if order["sales_channel"] == "store" or not is_sent or self.happens(10):
                continue
            self.draw_delivery(order["order_id"], order["ordered_at"])
            if self.happens(5):
                self.draw_delivery(order["order_id"], order["ordered_at"])
        for number in range(8):
            self.draw_delivery(f"gone{number}", self.moment(date(2025, 1, 10 + number)))

    def draw_delivery(self, order_id: str, ordered: datetime) -> None:
        promised = self.after(ordered, 3)
        late = self.pick({-2: 20, -1: 25, 0: 25, 1: 7, 2: 6, 3: 4, 7: 4, 8: 3, 15: 3, None: 9})
        delivered = None if late is None else self.after(promised, late)
        if delivered and self.has_passed(delivered):
            delivered = None
        self.add(
            "deliveries",
            {
                "delivery_id": f"d{len(self.tables.get('deliveries', [])) + 1}",
                "order_id": order_id,
                "carrier": self.pick({"PostNord": 50, "DHL": 30, "Bring": 15, None: 5}),
                "promised_at": None if self.happens(8) else promised,
                "shipped_at": self.after(ordered, 1),
                "delivered_at": delivered,
                "updated_at": self.revised(delivered or promised),
            },
        )

    def draw_cases(self) -> None:
        for order in self.tables["orders"]:
            if not self.happens(20):
                continue
            opened = self.after(order["ordered_at"], self.random.randrange(0, 12))
            closed = self.after(opened, self.random.randrange(0, 16))
            is_closed = not self.happens(10) and not self.has_passed(closed)
            customer = order["customer_id"]
            self.add(
                "support_cases",
                {
                    "case_id": f"k{len(self.tables.get('support_cases', [])) + 1}",
                    "customer_id": None if self.happens(10) else customer,
                    "case_channel": self.pick({"chat": 40, "email": 35, "phone": 20, None: 5}),
                    "category": self.pick({"delivery": 40, "refund": 30, "product": 25, None: 5}),
                    "opened_at": opened,
                    "closed_at": closed if is_closed else None,
                    "reopened_count": self.pick({0: 70, 1: 15, 2: 5, None: 10}),
                    "order_id": None if self.happens(25) else order["order_id"],
                    "updated_at": self.revised(closed),
                },
            )

    # --- the programme -------------------------------------------------------------------

    def draw_memberships(self) -> None:
        span = (LAST_DAY - FIRST_DAY).days
        outsiders = [f"outsider{number}" for number in range(20)]
        for key in [*self.customers, *outsiders]:
            if not self.happens(62) and key not in outsiders:
                continue
            day = FIRST_DAY + timedelta(days=int(span * 0.9 * self.random.random() ** 2) - 60)
            self.draw_membership(key, day)
            if self.happens(5):
                self.draw_membership(key, day + timedelta(days=self.random.randrange(0, 60)))

    def draw_membership(self, customer: str, day: date) -> None:
        enrolled = self.moment(day)
        activated = self.after(enrolled, self.pick({0: 50, 1: 20, 9: 20, 40: 10}))
        cancelled = None
        if self.happens(28):
            cancelled = self.after(activated, self.random.choice((0, 1, 30, 91, 200, 300)))
        elif self.happens(4):
            cancelled = self.after(activated, -1)
        if self.happens(15) or self.has_passed(activated):
            activated = None
        if cancelled and self.has_passed(cancelled):
            cancelled = None
        key = f"m{len(self.tables.get('memberships', [])) + 1}"
        self.add(
            "memberships",
            {
                "membership_id": key,
                "customer_id": customer,
                "enrolled_at": enrolled,
                "activated_at": activated,
                "cancelled_at": cancelled,
                "updated_at": self.revised(cancelled or activated or enrolled),
            },
        )
        self.draw_tiers(key, activated or enrolled)
        if cancelled and self.happens(40):
            again = cancelled.astimezone(ZONE).date() + timedelta(days=self.random.choice((0, 20)))
            if again <= LAST_DAY:
                self.draw_membership(customer, again)

    def draw_tiers(self, membership: str, since: datetime) -> None:
        if self.happens(8):
            return
        seen = set()
        for tier in ("bronze", "silver", "gold", "bronze"):
            if since not in seen and not self.has_passed(since):
                row = {"membership_id": membership, "valid_from": since, "tier": tier}
                self.add("membership_tiers", row)
            seen.add(since)
            if self.happens(45):
                return
            # Several changes on one day: the later moment of the day counts.
            since = self.after(since, self.random.choice((0, 0, 60, 150, 240)))

    def draw_events(self) -> None:
        kinds = {
            "offer_sent": 25,
            "offer_opened": 12,
            "offer_clicked": 6,
            "offer_redeemed": 4,
            "points_earned": 30,
            "points_redeemed": 5,
            "points_expired": 8,
            "points_adjusted": 5,
            "challenge_completed": 3,
        }
        orders = self.tables["orders"]
        for member in self.tables["memberships"]:
            day = member["enrolled_at"].astimezone(ZONE).date()
            pace = self.random.choice((15, 30, 60, 400))
            while (day := day + timedelta(days=int(self.random.expovariate(1 / pace)))) <= LAST_DAY:
                key = "m-nobody" if self.happens(2) else member["membership_id"]
                kind = self.pick(kinds)
                self.draw_event(key, kind, day, self.random.choice(orders)["order_id"])
                if self.happens(4):
                    break

    def draw_event(self, membership: str, kind: str, day: date, order_id: str) -> None:
        self.add(
            "program_events",
            {
                "event_id": f"e{len(self.tables.get('program_events', [])) + 1}",
                "membership_id": membership,
                "occurred_at": self.moment(day),
                "event_type": kind,
                "offer_id": "summer" if kind.startswith("offer") else None,
                "points": self.random.randrange(1, 500) if kind.startswith("points") else None,
                "order_id": order_id if self.happens(30) else None,
            },
        )

    # --- surveys -------------------------------------------------------------------------

    def draw_invitations(self) -> None:
        for order in self.tables["orders"]:
            named = {"customer_id": order["customer_id"], "order_id": order["order_id"]}
            if self.happens(22):
                self.invite("nps_transactional", order["ordered_at"], 5, named)
            if self.happens(40):
                self.invite("csat", order["ordered_at"], 2, named)
        customer_of = {row["order_id"]: row["customer_id"] for row in self.tables["orders"]}
        for delivery in self.tables["deliveries"]:
            if delivery["delivered_at"] and self.happens(40):
                named = {
                    "customer_id": customer_of.get(delivery["order_id"]),
                    "order_id": delivery["order_id"] if self.happens(50) else None,
                    "delivery_id": delivery["delivery_id"],
                }
                self.invite("delivery", delivery["delivered_at"], 1, named)
        for case in self.tables["support_cases"]:
            if self.happens(80):
                named = {"customer_id": case["customer_id"], "case_id": case["case_id"]}
                # Sometimes before the case is closed.
                asked = case["opened_at"] if self.happens(30) else case["closed_at"]
                self.invite("support", asked or case["opened_at"], 0, named)
        for key in self.customers:
            day = FIRST_DAY + timedelta(days=self.random.randrange(0, 300))
            while day <= LAST_DAY and not self.happens(10):
                self.invite("nps_relationship", self.moment(day), 0, {"customer_id": key})
                day += timedelta(days=self.random.choice((20, 90, 120)))

    def invite(self, kind: str, moment: datetime, wait: int, named: Row) -> None:
        sent = self.after(moment, wait)
        if self.has_passed(sent):
            return
        kept = {name: None if self.happens(6) else value for name, value in named.items()}
        row = {
            "invitation_id": f"i{len(self.tables.get('survey_invitations', [])) + 1}",
            "customer_id": None,
            "survey_kind": kind,
            "survey_channel": self.pick(
                {"email": 50, "sms": 25, "chat": 5, "web": 8, "app": 9, "phone": 3}
            ),
            "sent_at": sent,
            "delivery_status": self.pick(
                {"delivered": 78, None: 9, "bounced": 5, "opted_out": 4, "throttled": 4}
            ),
            "order_id": None,
            "delivery_id": None,
            "case_id": None,
        }
        self.add("survey_invitations", {**row, **kept})

    def draw_answers(self) -> None:
        orders = sorted(self.tables["orders"], key=lambda row: row["ordered_at"])
        days = [row["ordered_at"] for row in orders]
        deliveries = {row["order_id"]: row["delivery_id"] for row in self.tables["deliveries"]}
        cases = {row["order_id"]: row["case_id"] for row in self.tables["support_cases"]}
        waits = {-1: 2, 0: 25, 1: 20, 3: 20, 8: 12, 13: 5, 14: 7, 15: 6, 16: 2, 40: 1}
        for invitation in self.tables["survey_invitations"]:
            if not self.happens(55):
                continue
            answered = self.after(invitation["sent_at"], self.pick(waits))
            named = {
                name: invitation[name] if self.happens(50) else None
                for name in ("customer_id", "survey_channel", "order_id", "delivery_id", "case_id")
            }
            if self.happens(4):
                # The answer says otherwise than its invitation; what it carries wins.
                other = orders[self.random.randrange(max(1, bisect_left(days, answered)))]
                named["customer_id"] = other["customer_id"]
                named["order_id"] = other["order_id"]
                named["delivery_id"] = deliveries.get(other["order_id"])
                named["case_id"] = cases.get(other["order_id"])
                named["survey_channel"] = "kiosk" if self.happens(20) else "phone"
            source = invitation["invitation_id"]
            if self.happens(12):
                source = None if self.happens(70) else "i-nobody"
                named = {name: invitation[name] for name in named}
                if self.happens(40):
                    named["customer_id"] = None
                if self.happens(30):
                    named["survey_channel"] = None
            if invitation["survey_kind"] == "support" and self.happens(3):
                named["case_id"] = "k-nobody"
            kind = "csat" if self.happens(1) else invitation["survey_kind"]
            self.answer(kind, answered, {"invitation_id": source, **named})
            while self.happens(12):
                # Asked or answered again, sometimes at the very same moment.
                if not self.happens(30):
                    answered = self.after(answered, self.random.choice((0, 1, 9)))
                self.answer(kind, answered, {"invitation_id": source, **named})

    def answer(self, kind: str, answered: datetime, named: Row) -> None:
        if self.has_passed(answered):
            return
        low, high = self.pick(dict(SCALES[kind]))
        is_good = self.happens({"csat": 82, "delivery": 83, "support": 86}.get(kind, 66))
        top = max(1, round((high - low) * 0.25))
        score: float | None = self.random.randint(low, max(low, high - top - 1))
        if is_good:
            score = self.random.randint(high - top + (top > 1), high)
        if self.happens(7):
            score = self.random.choice((None, None, low - 1, high + 1, high - 0.5, 99, None))
        self.add(
            "survey_answers",
            {
                "answer_id": str(len(self.tables.get("survey_answers", [])) + 1),
                **named,
                "survey_kind": kind,
                "answered_at": answered,
                "score": score,
                "scale_min": low,
                "scale_max": high,
                "comment": self.random.choice(COMMENTS),
                "language_code": self.pick({"sv": 60, "en": 30, None: 10}),
            },
        )

    # --- shares, sessions, lines ---------------------------------------------------------

    def draw_shares(self) -> None:
        span = (LAST_DAY - FIRST_DAY).days
        for key in [*self.customers, "outsider1", "stranger"]:
            while self.happens(50):
                day = FIRST_DAY + timedelta(days=self.random.randrange(span + 1))
                self.add(
                    "shares",
                    {
                        "share_id": f"s{len(self.tables.get('shares', [])) + 1}",
                        "customer_id": key,
                        "shared_at": self.moment(day),
                        "share_kind": self.pick(
                            {"share": 45, "referral": 25, "review": 20, None: 10}
                        ),
                        "platform": self.pick({"instagram": 50, "mail": 30, None: 20}),
                        "product_id": "p1",
                    },
                )

    def draw_the_rest(self) -> None:
        for number, order in enumerate(self.tables["orders"]):
            for line in range(1, 2 + number % 3):
                item = {"product_id": f"p{number % 50}", "product_category": "shoes"}
                self.add(
                    "order_items",
                    {
                        "order_id": order["order_id"],
                        "line_number": line,
                        **item,
                        "quantity": 1 + number % 2,
                        "unit_amount": 99.5,
                    },
                )
            if number % 4 == 0:
                self.add(
                    "web_sessions",
                    {
                        "session_id": f"w{number}",
                        "customer_id": order["customer_id"],
                        "started_at": order["ordered_at"] - timedelta(minutes=9),
                        "device_type": order["device_type"],
                        "reached_cart": True,
                        "reached_checkout": self.pick({True: 80, False: 15, None: 5}),
                        "order_id": order["order_id"],
                    },
                )
