"""Pure rules of money: values in, decision or error out."""

from payments.rules.payouts import payout_floor, payout_step
from payments.rules.rates import (
    MidRate,
    RateSource,
    RateTable,
    RateUnavailableError,
    SourceRate,
    convert_price,
)
from payments.rules.refunds import Parts, split_refund

__all__ = [
    "MidRate",
    "Parts",
    "RateSource",
    "RateTable",
    "RateUnavailableError",
    "SourceRate",
    "convert_price",
    "payout_floor",
    "payout_step",
    "split_refund",
]
