"""The peer, with Stripe's own description at its door: `python -m tests.stripe.strict_peer`.

What the wire of a test cannot see (a worker, a whole market under its supervisor) meets the same
check here: a request that is not described is refused, an answer that is not described too.
`GET /_peer/wire` tells how many requests came and which were refused.
"""

from __future__ import annotations

from stripe_peer.__main__ import main
from stripe_peer.app import Answer, Peer, Request, json_answer
from stripe_peer.errors import PeerError
from tests.stripe.schema import Problem, description


class StrictPeer(Peer):
    validated = 0
    refused: list[str]

    async def _http(self, request: Request) -> Answer:
        if request.path == "/_peer/wire":
            return json_answer(200, {"validated": self.validated, "refused": self.refused})
        if request.path == "/_peer/reset":
            self.validated, self.refused = 0, []
        return await super()._http(request)

    def api(self, request: Request) -> Answer:
        self.validated += 1
        problems = description().request_problems(
            method=request.method,
            path=request.path,
            query=request.query,
            content_type=request.headers.get("content-type", ""),
            body=request.body,
        )
        if problems:
            return self._refuse(request, f"{request.method} {request.path}", problems)
        try:
            answer = super().api(request)
        except PeerError as error:
            answer = json_answer(error.status, error.body(v2=request.v2))
        if answer.lost:
            return answer
        problems = description().answer_problems(
            method=request.method, path=request.path, status=answer.status, body=answer.body
        )
        if problems:
            what = f"the answer {answer.status} to {request.method} {request.path}"
            return self._refuse(request, what, problems)
        return answer

    def _refuse(self, request: Request, what: str, problems: list[Problem]) -> Answer:
        said = f"{what}: " + "; ".join(map(str, problems))
        self.refused.append(said)
        return json_answer(400, PeerError(f"Not described: {said}").body(v2=request.v2))


if __name__ == "__main__":
    StrictPeer.refused = []
    main(StrictPeer)
