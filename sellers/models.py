"""Who sells."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from payments.models import Payee
from sellers.states import BusinessState, Role


class BusinessQuerySet(models.QuerySet["Business"]):
    def selling(self) -> BusinessQuerySet:
        """Businesses whose listings the public may see."""
        return self.filter(state=BusinessState.APPROVED)

    def of_user(self, user_id: int) -> BusinessQuerySet:
        """Businesses that the user is a member of."""
        return self.filter(memberships__user_id=user_id)


class Business(models.Model):
    """A firm that sells; `address` is a common.addresses.PostalAddress."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=90, unique=True)
    tagline = models.CharField(max_length=140, blank=True)
    story = models.TextField(blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=12, default="en")
    tax_number = models.CharField(max_length=40, blank=True)
    address = models.JSONField(default=dict)
    phone = models.CharField(max_length=32, blank=True)
    logo = models.ImageField(upload_to="logos/", blank=True)
    banner = models.ImageField(upload_to="banners/", blank=True)
    state = models.CharField(max_length=12, default=BusinessState.DRAFT)
    review_reason = models.TextField(blank=True)
    fee_percent_bp = models.PositiveIntegerField()
    fee_agreed_at = models.DateTimeField(null=True, blank=True)
    payee = models.OneToOneField(Payee, on_delete=models.PROTECT, related_name="business")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = BusinessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "businesses"
        permissions = (("moderate_business", "Can approve, reject and suspend businesses"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in BusinessState]),
                name="business_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(fee_percent_bp__lte=5000), name="business_fee_sane"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person who works for a business."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, default=Role.OWNER)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["business", "user"], name="membership_once"),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"
