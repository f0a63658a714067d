"""What every open interface under /api/v1/ has in common."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from common.money import Money
from common.reader import reader_locale


class OpenThrottle(AnonRateThrottle):
    """Sixty requests a minute for each address."""

    rate = "60/min"
    scope = "catalog"


class QuoteThrottle(AnonRateThrottle):
    """Thirty questions a minute for each address: each is worked out anew."""

    rate = "30/min"
    scope = "catalog-quotes"


class OpenView(APIView):
    """Anybody may ask; nothing here depends on who asks, so no cookie is looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes: tuple[type[AnonRateThrottle], ...] = (OpenThrottle,)


class MoneySerializer(serializers.Serializer[Money]):
    """An amount in whole minor units, and the same in decimals."""

    amount = serializers.IntegerField(help_text="Minor units of the currency.")
    currency = serializers.CharField()
    decimal = serializers.SerializerMethodField()

    def get_decimal(self, money: Money) -> str:
        return f"{money.to_decimal():f}"


class SpokenMoneySerializer(MoneySerializer):
    """The same, and as the reader at hand writes it."""

    text = serializers.SerializerMethodField()

    def get_text(self, money: Money) -> str:
        return money.format(locale=reader_locale())
