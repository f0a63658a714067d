"""Where payment providers tell us that something happened."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.wake import wake
from orders.services.events import HANDLE_PROVIDER_EVENTS
from payments.gateways.base import Channel
from payments.services.inbox import SignatureError, receive_webhook

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def webhook(
    request: HttpRequest, provider: str, channel: Channel = Channel.PLATFORM
) -> HttpResponse:
    """Store the event and answer; a worker acts on it. An unsigned one is refused with 400.

    `channel` is a part of the address: each has secrets of its own.
    """
    try:
        receive_webhook(
            provider=provider,
            headers=request.headers,
            body=request.body,
            now=timezone.now(),
            channel=channel,
        )
    except SignatureError as error:
        logger.warning("webhook of %s refused: %s", provider, error)
        return HttpResponseBadRequest("bad signature")
    wake(HANDLE_PROVIDER_EVENTS)
    return HttpResponse(status=200)
