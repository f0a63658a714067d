"""The public interface of the rulebook, /api/v1/desk/: countries, their rules, and what changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import OpenView
from common.countries import is_country
from trade.selectors.changes import Change, list_changes
from trade.selectors.destinations import Destination, Rule, get_destination, list_places

# The words are in the reader's language, which a cookie may decide.
AN_HOUR = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Language, Cookie"}


class CitationSerializer(serializers.Serializer[Any]):
    """Where a rule stands, and how well we know it."""

    law = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field's own name for itself
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The last day.")
    checked_on = serializers.DateField()
    recheck_by = serializers.DateField(allow_null=True)
    confidence = serializers.CharField(allow_blank=True, help_text="high, medium or low.")
    confidence_text = serializers.CharField(allow_blank=True)


class KnownSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="official, partly, estimate or unknown.")
    text = serializers.CharField()


class PlaceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    known = KnownSerializer()


class RuleSerializer(serializers.Serializer[Rule]):
    """A rule in words. `rates`: of a tariff, each with the codes it is for."""

    id = serializers.CharField()
    rows = serializers.ListField(child=serializers.CharField(), source="ids")
    kind = serializers.CharField()
    text = serializers.CharField()
    scope = serializers.ListField(child=serializers.CharField())
    rates = serializers.SerializerMethodField()
    note = serializers.CharField(allow_blank=True)
    cited = CitationSerializer()

    def get_rates(self, rule: Rule) -> list[dict[str, str]]:
        return [{"rate": rate, "codes": codes} for rate, codes in rule.rates]


class SectionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    rules = RuleSerializer(many=True)


class DestinationSerializer(serializers.Serializer[Destination]):
    """A country's rules on a day; without sections where they are not known yet."""

    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField(allow_blank=True)
    on = serializers.DateField()
    known = KnownSerializer()
    rules_since = serializers.DateField(allow_null=True)
    checked_on = serializers.DateField(allow_null=True)
    sections = SectionSerializer(many=True)


class ChangeSerializer(serializers.Serializer[Change]):
    id = serializers.CharField()
    on = serializers.DateField(help_text="The first day that is different.")
    happens = serializers.CharField(help_text="starts, ends or recheck.")
    place = serializers.CharField()
    places = serializers.ListField(child=serializers.CharField())
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    scope = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.CharField())
    cited = CitationSerializer()
    updated = serializers.DateField()


class PlacesView(OpenView):
    @extend_schema(operation_id="desk_destinations", responses=PlaceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every country whose rules are written down, and how well they are known."""
        places = [place for _, members in list_places(on=timezone.localdate()) for place in members]
        shown = PlaceSerializer(instance=places, many=True)
        return Response(shown.data, headers=AN_HOUR)


class DestinationView(OpenView):
    @extend_schema(
        operation_id="desk_destination",
        responses=DestinationSerializer,
        parameters=[OpenApiParameter("on", date, description="The day; today where not given.")],
    )
    def get(self, request: Request, code: str) -> Response:
        """One country's rules on a day, with law, source, dates and doubts."""
        code = code.upper()
        if not is_country(code):
            raise NotFound
        found = get_destination(code=code, on=_day(request))
        return Response(DestinationSerializer(found).data, headers=AN_HOUR)


class ChangesView(OpenView):
    @extend_schema(
        operation_id="desk_changes",
        responses=ChangeSerializer(many=True),
        parameters=[OpenApiParameter("to", str, description="Only of this country.")],
    )
    def get(self, request: Request) -> Response:
        """What changed in the past year and what will change in the next, the latest first."""
        code = request.query_params.get("to", "").upper()
        if code and not is_country(code):
            raise serializers.ValidationError({"to": ["Not an ISO 3166-1 alpha-2 country code."]})
        found = list_changes(today=timezone.localdate(), destination=code)
        shown = ChangeSerializer(instance=found, many=True)  # type: ignore[arg-type]
        return Response(shown.data, headers=AN_HOUR)


def _day(request: Request) -> date:
    text = request.query_params.get("on", "")
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise serializers.ValidationError({"on": ["A day as YYYY-MM-DD."]}) from None
