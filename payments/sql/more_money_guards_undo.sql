-- The undo of more_money_guards.sql.
DROP TRIGGER payments_difference_kept ON payments_difference;
DROP TRIGGER payments_feerule_kept ON payments_feerule;
DROP TRIGGER payments_balancetransaction_kept ON payments_balancetransaction;
DROP TRIGGER payments_disputeshare_kept ON payments_disputeshare;
DROP TRIGGER payments_providerdispute_kept ON payments_providerdispute;
DROP TRIGGER payments_bankaccount_kept ON payments_bankaccount;
DROP TRIGGER payments_bankfileline_kept ON payments_bankfileline;
DROP TRIGGER payments_bankfile_kept ON payments_bankfile;
DROP TRIGGER payments_reservehold_kept ON payments_reservehold;
DROP TRIGGER payments_reversal_kept ON payments_reversal;
DROP TRIGGER payments_feerule_fixed ON payments_feerule;
DROP TRIGGER payments_balancetransaction_fixed ON payments_balancetransaction;
DROP TRIGGER payments_disputeshare_fixed ON payments_disputeshare;
DROP TRIGGER payments_providerdispute_fixed ON payments_providerdispute;
DROP TRIGGER payments_bankaccount_fixed ON payments_bankaccount;
DROP TRIGGER payments_bankfileline_fixed ON payments_bankfileline;
DROP TRIGGER payments_bankfile_fixed ON payments_bankfile;
DROP TRIGGER payments_reservehold_fixed ON payments_reservehold;
DROP TRIGGER payments_reversal_fixed ON payments_reversal;
DROP TRIGGER payments_refund_fixed ON payments_refund;
DROP TRIGGER payments_heldpayment_fixed ON payments_heldpayment;
CREATE TRIGGER payments_heldpayment_fixed BEFORE UPDATE ON payments_heldpayment
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'payment_id', 'order_ref', 'payee_id', 'quote_id', 'destination', 'seller_currency',
        'seller_amount', 'commission_amount', 'currency', 'buyer_amount', 'mid_amount',
        'spread_amount', 'tax_amount', 'duty_amount', 'fees_amount');
CREATE TRIGGER payments_refund_fixed BEFORE UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'held_id', 'key', 'currency', 'amount', 'mid_amount', 'spread_amount', 'tax_amount',
        'duty_amount', 'fees_amount', 'seller_amount', 'commission_amount');
