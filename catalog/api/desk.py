"""The open desk for machines: may it be sent there, what does it cost to the door, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.forms.desk import SOLD, DeskForm
from catalog.selectors.desk import DeskAnswer, answer_question
from common.api import OpenView, QuoteThrottle, SpokenMoneySerializer
from payments.rules.rates import RateUnavailableError
from trade.api import CitationSerializer

WRITTEN = "en"
"""How amounts are written in questions: a point before the decimals."""


class DeskQuestionSerializer(serializers.Serializer[dict[str, Any]]):
    """The question, as query parameters or as a body; the page's form has the same fields."""

    goods = serializers.CharField(help_text="Plain words, or a customs code of 2 to 10 digits.")
    sent_from = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    to = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    value = serializers.CharField(help_text='Price of one piece, in decimals: "25.00".')
    currency = serializers.CharField(help_text="Of value and delivery, ISO 4217.")
    delivery = serializers.CharField(help_text='What the buyer pays for delivery: "12.50" or "0".')
    in_currency = serializers.CharField(
        required=False, help_text="Of the answer. Where not given: that of `to`, if it has a rate."
    )
    code = serializers.CharField(required=False, help_text="Instead of the best match for goods.")
    made_in = serializers.CharField(required=False, help_text="Where not given: sent_from.")
    region = serializers.CharField(required=False, help_text='Part of `to` ("ON", "NI").')
    weight = serializers.IntegerField(required=False, help_text="Of one piece, packed, in grams.")
    quantity = serializers.IntegerField(required=False, min_value=1, max_value=999)
    sold = serializers.ChoiceField(required=False, choices=list(SOLD))
    by = serializers.ChoiceField(
        required=False,
        choices=["", "post", "courier"],
        help_text="Who carries it; empty while it is not decided. In a shop of one's own `sold` says it.",
    )
    buyer = serializers.ChoiceField(required=False, choices=["private", "business"])
    proof = serializers.BooleanField(required=False, help_text="A proof of origin goes with it.")


class DeskMatchSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    description = serializers.CharField()
    score = serializers.IntegerField()
    why = serializers.CharField(allow_blank=True)


class NoticeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    outcome = serializers.CharField()
    text = serializers.CharField()
    cited = CitationSerializer()


class VerdictSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    notices = NoticeSerializer(many=True)


class CertaintySerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="guaranteed, estimate or unknown.")
    text = serializers.CharField()


class DeskLineSerializer(serializers.Serializer[Any]):
    """A line of the reckoning. `money` is null where nothing is known; it is never a guessed 0."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field's own name for itself
    money = SpokenMoneySerializer(allow_null=True)
    sentence = serializers.CharField(allow_blank=True)
    who = serializers.CharField(allow_blank=True)
    certainty = serializers.CharField(allow_blank=True)
    row_id = serializers.CharField(allow_blank=True)
    law = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    since = serializers.DateField(allow_null=True)
    checked_on = serializers.DateField(allow_null=True)


class EarningsSerializer(serializers.Serializer[Any]):
    goods = SpokenMoneySerializer()
    delivery = SpokenMoneySerializer()
    fee = SpokenMoneySerializer()
    tax = SpokenMoneySerializer()
    net = SpokenMoneySerializer()
    terms = serializers.CharField()
    ours = serializers.BooleanField(help_text="Whether it is sold here; elsewhere we take nothing.")


class PaperSerializer(serializers.Serializer[Any]):
    paper = serializers.CharField()
    name = serializers.CharField()
    why = serializers.CharField()


class DeskAnswerSerializer(serializers.Serializer[DeskAnswer]):
    """The answer. `total` is all that the buyer pays, to us and at the door; `charged` only to us."""

    code = serializers.CharField()
    code_text = serializers.CharField()
    matches = DeskMatchSerializer(many=True)
    verdict = VerdictSerializer()
    certainty = CertaintySerializer()
    total = SpokenMoneySerializer()
    charged = SpokenMoneySerializer(source="quote.total")
    duty = SpokenMoneySerializer(allow_null=True, help_text="Null where not wholly known.")
    tax = SpokenMoneySerializer(allow_null=True, help_text="Null where not wholly known.")
    fees = SpokenMoneySerializer(allow_null=True, help_text="Null where not wholly known.")
    about = SpokenMoneySerializer(allow_null=True, help_text="The total in the asker's currency.")
    low = SpokenMoneySerializer(
        allow_null=True, help_text="Least, where the code stands for several."
    )
    high = SpokenMoneySerializer(allow_null=True)
    lines = DeskLineSerializer(many=True)
    earnings = EarningsSerializer()
    papers = PaperSerializer(many=True)
    doubts = serializers.ListField(child=serializers.CharField())


class DeskQuoteView(OpenView):
    throttle_classes = (QuoteThrottle,)

    @extend_schema(
        operation_id="desk_quote",
        parameters=[DeskQuestionSerializer],
        responses=DeskAnswerSerializer,
    )
    def get(self, request: Request) -> Response:
        """May it be sent there, what does it cost to the door, and what is left for the seller."""
        return _answer(request.query_params.dict())

    @extend_schema(
        operation_id="desk_quote_by_body",
        request=DeskQuestionSerializer,
        responses=DeskAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """The same with the question in the body."""
        if not isinstance(request.data, Mapping):
            raise serializers.ValidationError({"goods": ["Send an object with the fields."]})
        return _answer({name: _plain(value) for name, value in request.data.items()})


def _plain(value: Any) -> str:
    """A JSON value as a form would send it."""
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value)


def _answer(asked: Mapping[str, str]) -> Response:
    form = DeskForm({"to": "", **asked, "n": WRITTEN}, locale=WRITTEN)
    if not form.is_valid():
        raise serializers.ValidationError(
            {name: [str(one) for one in found] for name, found in form.errors.items()}
        )
    try:
        answer = answer_question(question=form.question(), now=timezone.now())
    except RateUnavailableError as error:
        raise serializers.ValidationError({"in_currency": [str(error)]}) from None
    return Response(DeskAnswerSerializer(answer).data)
