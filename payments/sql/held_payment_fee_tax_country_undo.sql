DROP TRIGGER payments_heldpayment_fixed ON payments_heldpayment;
CREATE TRIGGER payments_heldpayment_fixed BEFORE UPDATE ON payments_heldpayment
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'payment_id', 'order_ref', 'payee_id', 'quote_id', 'destination', 'seller_currency',
        'seller_amount', 'commission_amount', 'fee_tax_amount', 'currency', 'buyer_amount',
        'mid_amount', 'spread_amount', 'tax_amount', 'duty_amount', 'fees_amount');
