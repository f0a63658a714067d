"""A stateful peer of Stripe's API on loopback: Freeport's own, for tests and `./run --stripe-peer`.

It is an outside party: it imports nothing of the market and no Django, has its own process, clock
and file, and knows of Freeport only the addresses to which it sends webhooks. No real money moves.
docs/stripe-peer.md says what it does as Stripe does, what it leaves out, and how to make it
misbehave.
"""
