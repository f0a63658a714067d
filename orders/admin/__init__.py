"""The moderators' view of orders; one module a subject."""

from orders.admin.cases import CaseAdmin
from orders.admin.disputes import ProviderDisputeAdmin
from orders.admin.orders import OrderAdmin, PurchaseAdmin
from orders.admin.scheme_reports import OrderChargeAdmin
from orders.admin.screening import ScreeningCaseAdmin

__all__ = [
    "CaseAdmin",
    "OrderAdmin",
    "OrderChargeAdmin",
    "ProviderDisputeAdmin",
    "PurchaseAdmin",
    "ScreeningCaseAdmin",
]
