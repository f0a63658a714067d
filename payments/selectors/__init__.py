"""What screens and other apps read of money; keyword-only, a fixed number of queries each."""

from payments.rules.rates import MidRate, RateTable, RateUnavailableError
from payments.selectors.ledger import BooksReport, TrialLine, balance, check_books, trial_balance
from payments.selectors.rates import display_rate, forget_rates, mid_rate, rate_table

__all__ = [
    "BooksReport",
    "MidRate",
    "RateTable",
    "RateUnavailableError",
    "TrialLine",
    "balance",
    "check_books",
    "display_rate",
    "forget_rates",
    "mid_rate",
    "rate_table",
    "trial_balance",
]
