"""The moderators' view of orders; one module a subject."""

from orders.admin.cases import CaseAdmin
from orders.admin.disputes import ProviderDisputeAdmin
from orders.admin.orders import OrderAdmin, PurchaseAdmin

__all__ = ["CaseAdmin", "OrderAdmin", "ProviderDisputeAdmin", "PurchaseAdmin"]
