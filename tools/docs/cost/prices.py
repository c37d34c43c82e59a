"""Published list prices, at the first tier of each and without the free tier."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

REGION = "us-east-1"
AS_OF = "November 2026"
HOURS_A_MONTH = 730  # AWS's own count


class Listed(NamedTuple):
    """`usd` for `per` units, from the pricing page of the service."""

    usd: str
    per: int
    unit: str
    service: str


class Price(Enum):
    """A unit that AWS charges for, as the pricing page names it."""

    TRANSITION = Listed("0.025", 1_000, "state transitions, Standard", "AWS Step Functions")
    INVOCATION = Listed("0.20", 1_000_000, "requests", "AWS Lambda")
    GB_SECOND = Listed("0.0000133334", 1, "GB-second, arm64", "AWS Lambda")
    WRITE = Listed("0.625", 1_000_000, "write request units, on-demand", "Amazon DynamoDB")
    READ = Listed("0.125", 1_000_000, "read request units, on-demand", "Amazon DynamoDB")
    TABLE_STORAGE = Listed("0.25", 1, "GB-month of a table", "Amazon DynamoDB")
    TABLE_BACKUP = Listed("0.20", 1, "GB-month of point-in-time recovery", "Amazon DynamoDB")
    EVENT = Listed("1.00", 1_000_000, "custom events of 64 KB", "Amazon EventBridge")
    SCHEDULED = Listed("1.00", 1_000_000, "scheduled invocations", "Amazon EventBridge")
    PUBLISH = Listed("0.50", 1_000_000, "publishes of 64 KB to a standard topic", "Amazon SNS")
    EMAIL = Listed("2.00", 100_000, "e-mails", "Amazon SNS")
    PUT = Listed("0.005", 1_000, "PUT requests, Standard", "Amazon S3")
    PAGE_STORAGE = Listed("0.023", 1, "GB-month, Standard", "Amazon S3")
    LOG = Listed("0.50", 1, "GB of logs ingested", "Amazon CloudWatch")
    LOG_STORAGE = Listed("0.03", 1, "GB-month of logs", "Amazon CloudWatch")
    METRIC_HOUR = Listed("0.30", HOURS_A_MONTH, "hours of a custom metric", "Amazon CloudWatch")
    ALARM = Listed("0.10", 1, "metric of an alarm, a month", "Amazon CloudWatch")
    DASHBOARD = Listed("3.00", 1, "dashboard, a month", "Amazon CloudWatch")
    TRACE = Listed("5.00", 1_000_000, "traces recorded", "AWS X-Ray")
    KEY_REQUEST = Listed("0.03", 10_000, "requests", "AWS KMS")
    KEY = Listed("1.00", 1, "customer managed key, a month", "AWS KMS")

    @property
    def usd(self) -> Decimal:
        """US dollars for one unit."""
        return Decimal(self.value.usd) / self.value.per


Usage = Mapping[Price, Decimal]


def cost_of(usage: Usage) -> Decimal:
    """The cost in US dollars."""
    return sum((price.usd * amount for price, amount in usage.items()), Decimal(0))
