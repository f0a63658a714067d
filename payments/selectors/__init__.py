"""What screens and other apps read of money; keyword-only, a fixed number of queries each."""

from payments.selectors.ledger import BooksReport, TrialLine, balance, check_books, trial_balance

__all__ = ["BooksReport", "TrialLine", "balance", "check_books", "trial_balance"]
