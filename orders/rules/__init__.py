"""Pure rules of buying and selling: values in, decision or error out."""

from orders.rules.baskets import (
    MAX_BASKET_LINES,
    MAX_QUANTITY,
    MOST_CHARGED,
    NUMBER_ALPHABET,
    NUMBER_LENGTH,
    Amounts,
    LineProblem,
    PromisedRate,
    PromisedRates,
    clamp_quantity,
    destination_region,
    format_purchase_number,
    merged_quantities,
    order_number,
    promised_rates,
    stock_problem,
)

__all__ = [
    "MAX_BASKET_LINES",
    "MAX_QUANTITY",
    "MOST_CHARGED",
    "NUMBER_ALPHABET",
    "NUMBER_LENGTH",
    "Amounts",
    "LineProblem",
    "PromisedRate",
    "PromisedRates",
    "clamp_quantity",
    "destination_region",
    "format_purchase_number",
    "merged_quantities",
    "order_number",
    "promised_rates",
    "stock_problem",
]
