"""What screens and other apps read of money; keyword-only, a fixed number of queries each."""

from payments.rules.rates import MidRate, RateTable, RateUnavailableError
from payments.selectors.ledger import BooksReport, TrialLine, balance, check_books, trial_balance
from payments.selectors.rates import display_rate, forget_rates, mid_rate, rate_table
from payments.selectors.statements import (
    HeldLine,
    PayoutDetail,
    Statement,
    StatementLine,
    payee_statement,
    payout_detail,
)

__all__ = [
    "BooksReport",
    "HeldLine",
    "MidRate",
    "PayoutDetail",
    "RateTable",
    "RateUnavailableError",
    "Statement",
    "StatementLine",
    "TrialLine",
    "balance",
    "check_books",
    "display_rate",
    "forget_rates",
    "mid_rate",
    "payee_statement",
    "payout_detail",
    "rate_table",
    "trial_balance",
]
