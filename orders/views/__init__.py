"""Pages by audience: `shop_*` for buyers, `dashboard*` for sellers, `webhooks` for providers."""
