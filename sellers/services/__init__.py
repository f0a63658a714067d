"""The only writers of businesses and teams."""

from sellers.services.business import (
    BusinessDetails,
    CountryFixedError,
    FeeChangedError,
    NotEditableError,
    open_business,
    update_business,
)
from sellers.services.review import (
    NotReadyError,
    ReasonMissingError,
    approve_business,
    reinstate_business,
    reject_business,
    submit_for_review,
    suspend_business,
)
from sellers.services.screening import NotScreenedError, check_screened
from sellers.services.team import (
    LastOwnerError,
    MemberExistsError,
    UnknownPersonError,
    change_role,
    invite_member,
    remove_member,
)

__all__ = [
    "BusinessDetails",
    "CountryFixedError",
    "FeeChangedError",
    "LastOwnerError",
    "MemberExistsError",
    "NotEditableError",
    "NotReadyError",
    "NotScreenedError",
    "ReasonMissingError",
    "UnknownPersonError",
    "approve_business",
    "change_role",
    "check_screened",
    "invite_member",
    "open_business",
    "reinstate_business",
    "reject_business",
    "remove_member",
    "submit_for_review",
    "suspend_business",
    "update_business",
]
