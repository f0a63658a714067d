-- What went back of which line is never rewritten.
CREATE TRIGGER orders_orderrefund_append_only BEFORE UPDATE OR DELETE ON orders_orderrefund
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER orders_orderrefund_no_truncate BEFORE TRUNCATE ON orders_orderrefund
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER orders_refundline_append_only BEFORE UPDATE OR DELETE ON orders_refundline
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER orders_refundline_no_truncate BEFORE TRUNCATE ON orders_refundline
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();

-- At commit the lines of a refund are that refund, part by part, and of the same order.
CREATE FUNCTION orders_refund_is_its_lines() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given bigint;
BEGIN
    IF TG_TABLE_NAME = 'orders_orderrefund' THEN
        given := NEW.id;
    ELSE
        given := NEW.refund_id;
    END IF;
    PERFORM 1
       FROM public.orders_orderrefund AS why
       JOIN public.payments_refund AS paid ON paid.id = why.refund_ref
       JOIN public.payments_heldpayment AS held
         ON held.id = paid.held_id AND held.order_ref = why.order_id
       JOIN (SELECT l.refund_id, sum(l.mid_amount) AS mid, sum(l.spread_amount) AS spread,
                    sum(l.tax_amount) AS tax, sum(l.duty_amount) AS duty,
                    sum(l.fees_amount) AS fees, sum(l.seller_amount) AS seller,
                    sum(l.commission_amount) AS commission, sum(l.fee_tax_amount) AS fee_tax
               FROM public.orders_refundline AS l WHERE l.refund_id = given
              GROUP BY l.refund_id) AS sums
         ON sums.refund_id = why.id
      WHERE why.id = given
        AND (sums.mid, sums.spread, sums.tax, sums.duty, sums.fees)
          = (paid.mid_amount, paid.spread_amount, paid.tax_amount, paid.duty_amount,
             paid.fees_amount)
        AND (sums.seller, sums.commission, sums.fee_tax)
          = (paid.seller_amount, paid.commission_amount, paid.fee_tax_amount)
        AND NOT EXISTS (
            SELECT 1 FROM public.orders_refundline AS l
              JOIN public.orders_orderline AS line ON line.id = l.line_id
             WHERE l.refund_id = why.id AND line.order_id <> why.order_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lines of order refund % are not its refund', given
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_orderrefund_is_its_lines AFTER INSERT ON orders_orderrefund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_refund_is_its_lines();
CREATE CONSTRAINT TRIGGER orders_refundline_is_its_lines AFTER INSERT ON orders_refundline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_refund_is_its_lines();
