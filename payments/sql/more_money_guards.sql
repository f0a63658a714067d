-- Fee tax and origin are terms too; a payout's amount was fixed before.
DROP TRIGGER payments_heldpayment_fixed ON payments_heldpayment;
CREATE TRIGGER payments_heldpayment_fixed BEFORE UPDATE ON payments_heldpayment
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'payment_id', 'order_ref', 'payee_id', 'quote_id', 'destination', 'seller_currency',
        'seller_amount', 'commission_amount', 'fee_tax_amount', 'currency', 'buyer_amount',
        'mid_amount', 'spread_amount', 'tax_amount', 'duty_amount', 'fees_amount');
DROP TRIGGER payments_refund_fixed ON payments_refund;
CREATE TRIGGER payments_refund_fixed BEFORE UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'held_id', 'key', 'currency', 'amount', 'mid_amount', 'spread_amount', 'tax_amount',
        'duty_amount', 'fees_amount', 'seller_amount', 'commission_amount', 'fee_tax_amount',
        'origin', 'dispute_id');
-- What was asked back, kept, sent to a bank or disputed: amounts are fixed, rows stay.
CREATE TRIGGER payments_reversal_fixed BEFORE UPDATE ON payments_reversal
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payout_id', 'key', 'currency', 'amount');
CREATE TRIGGER payments_reservehold_fixed BEFORE UPDATE ON payments_reservehold
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payee_id', 'order_ref', 'currency', 'amount');
CREATE TRIGGER payments_bankfile_fixed BEFORE UPDATE ON payments_bankfile
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'message_id', 'currency', 'total', 'count', 'xml');
CREATE TRIGGER payments_bankfileline_fixed BEFORE UPDATE ON payments_bankfileline
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payout_id', 'end_to_end_id', 'currency', 'amount', 'account_id');
CREATE TRIGGER payments_bankaccount_fixed BEFORE UPDATE ON payments_bankaccount
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payee_id', 'scheme', 'country', 'currency', 'hint');
CREATE TRIGGER payments_providerdispute_fixed BEFORE UPDATE ON payments_providerdispute
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payment_id', 'provider', 'provider_ref', 'currency');
CREATE TRIGGER payments_disputeshare_fixed BEFORE UPDATE ON payments_disputeshare
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms('id', 'dispute_id', 'held_id');
CREATE TRIGGER payments_balancetransaction_fixed BEFORE UPDATE ON payments_balancetransaction
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'provider', 'ref', 'kind', 'currency', 'amount', 'fee', 'net');
CREATE TRIGGER payments_feerule_fixed BEFORE UPDATE ON payments_feerule
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payee_id', 'category', 'percent_bp', 'fixed_amount',
                         'minimum_amount', 'currency', 'is_promotion', 'starts_at');
CREATE TRIGGER payments_reversal_kept BEFORE DELETE ON payments_reversal
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_reservehold_kept BEFORE DELETE ON payments_reservehold
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_bankfile_kept BEFORE DELETE ON payments_bankfile
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_bankfileline_kept BEFORE DELETE ON payments_bankfileline
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_bankaccount_kept BEFORE DELETE ON payments_bankaccount
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_providerdispute_kept BEFORE DELETE ON payments_providerdispute
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_disputeshare_kept BEFORE DELETE ON payments_disputeshare
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_balancetransaction_kept BEFORE DELETE ON payments_balancetransaction
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_feerule_kept BEFORE DELETE ON payments_feerule
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_difference_kept BEFORE DELETE ON payments_difference
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
