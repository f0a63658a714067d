"""Pure rules of money: values in, decision or error out."""

from payments.rules.rates import (
    MidRate,
    RateSource,
    RateTable,
    RateUnavailableError,
    SourceRate,
    convert_price,
)

__all__ = [
    "MidRate",
    "RateSource",
    "RateTable",
    "RateUnavailableError",
    "SourceRate",
    "convert_price",
]
