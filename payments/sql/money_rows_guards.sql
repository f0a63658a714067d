-- A rate once promised, and why a payout had its amount, never change.
CREATE TRIGGER payments_quote_append_only BEFORE UPDATE OR DELETE ON payments_quote
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_quote_no_truncate BEFORE TRUNCATE ON payments_quote
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_payoutline_append_only BEFORE UPDATE OR DELETE ON payments_payoutline
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_payoutline_no_truncate BEFORE TRUNCATE ON payments_payoutline
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();

-- How much was charged, held, refunded or paid out is fixed when the row is made; only what has
-- happened to it since may change.
CREATE FUNCTION payments_fixed_terms() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    field text;
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
BEGIN
    FOREACH field IN ARRAY TG_ARGV LOOP
        IF was -> field IS DISTINCT FROM becomes -> field THEN
            RAISE EXCEPTION '%.% is fixed', TG_TABLE_NAME, field USING ERRCODE = '42501';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_payment_fixed BEFORE UPDATE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'purchase_ref', 'provider', 'currency', 'amount');
CREATE TRIGGER payments_heldpayment_fixed BEFORE UPDATE ON payments_heldpayment
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'payment_id', 'order_ref', 'payee_id', 'quote_id', 'destination', 'seller_currency',
        'seller_amount', 'commission_amount', 'currency', 'buyer_amount', 'mid_amount',
        'spread_amount', 'tax_amount', 'duty_amount', 'fees_amount');
CREATE TRIGGER payments_refund_fixed BEFORE UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'held_id', 'key', 'currency', 'amount', 'mid_amount', 'spread_amount', 'tax_amount',
        'duty_amount', 'fees_amount', 'seller_amount', 'commission_amount');
CREATE TRIGGER payments_payout_fixed BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payee_id', 'number', 'period', 'provider', 'currency', 'amount');
CREATE TRIGGER payments_payment_kept BEFORE DELETE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_heldpayment_kept BEFORE DELETE ON payments_heldpayment
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_refund_kept BEFORE DELETE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_payout_kept BEFORE DELETE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();

-- A payout is the sum of its lines, all of them postings on that payee's payable account.
CREATE FUNCTION payments_payout_adds_up() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    SELECT payout.number INTO wrong
      FROM public.payments_payout AS payout
      JOIN public.payments_payoutline AS line ON line.payout_id = payout.id
      JOIN public.ledger_posting AS posting ON posting.id = line.posting_id
      JOIN public.ledger_account AS account ON account.id = posting.account_id
     WHERE payout.id IN (SELECT payout_id FROM added)
     GROUP BY payout.id
    HAVING sum(posting.amount) <> payout.amount
        OR bool_or(account.kind <> 'SELLER_PAYABLE'
                   OR account.reference <> payout.payee_id::text
                   OR account.currency <> payout.currency)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'payout % is not the sum of its lines', wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_payout_adds_up AFTER INSERT ON payments_payoutline
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION payments_payout_adds_up();
CREATE FUNCTION payments_payout_explained() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM public.payments_payoutline WHERE payout_id = NEW.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'payout % has no lines', NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_payout_explained AFTER INSERT ON payments_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_payout_explained();
