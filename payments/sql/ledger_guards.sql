-- What the books promise, kept by the database itself. docs/ledger.md explains each guarantee;
-- tests/payments/test_attack_the_ledger.py attacks each.

-- The transaction an entry was made in: legs can be added in no other.
ALTER TABLE ledger_entry ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

-- A posting is in the currency of its account.
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_account_currency
    FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency);

-- Statements read an account's postings in order.
CREATE INDEX ledger_posting_account_order ON ledger_posting (account_id, id);

-- Nobody backdates the transaction of an entry.
CREATE FUNCTION ledger_entry_stamp() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_stamp BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_stamp();

-- Every account has a balance row, made here only.
CREATE FUNCTION ledger_account_opened() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.ledger_balance (account_id, currency, credits, debits, floor_zero)
    VALUES (NEW.id, NEW.currency, 0, 0, NOT NEW.may_go_negative);
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_account_opened AFTER INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_opened();

-- A posting moves its account's balance; the balance's check constraint refuses what goes below
-- zero. SECURITY DEFINER, because the application role may not write balances itself.
CREATE FUNCTION ledger_posting_made() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM public.ledger_entry
     WHERE id = NEW.entry_id AND xid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger entry % is sealed', NEW.entry_id USING ERRCODE = '23514';
    END IF;
    UPDATE public.ledger_balance
       SET credits = credits + greatest(NEW.amount, 0),
           debits = debits + greatest(-NEW.amount, 0)
     WHERE account_id = NEW.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_made AFTER INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_made();

-- At commit every entry sums to zero in each currency and has at least two legs. The check hangs
-- on the postings as well as on the entry, so that legs added after an early check are checked too.
CREATE FUNCTION ledger_entry_balanced() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry bigint;
    legs bigint;
    wrong text;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN
        entry := NEW.id;
    ELSE
        entry := NEW.entry_id;
    END IF;
    SELECT coalesce(sum(n), 0), min(currency) FILTER (WHERE total <> 0) INTO legs, wrong
      FROM (SELECT currency, count(*) AS n, sum(amount) AS total
              FROM public.ledger_posting WHERE entry_id = entry GROUP BY currency) AS sums;
    IF legs < 2 THEN
        RAISE EXCEPTION 'ledger entry % has % legs', entry, legs USING ERRCODE = '23514';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'ledger entry % is not balanced in %', entry, wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_not_empty AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balanced();
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balanced();

-- Append-only: refused to the owner too.
CREATE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
END $$;
CREATE TRIGGER ledger_account_append_only BEFORE UPDATE OR DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_balance_no_delete BEFORE DELETE ON ledger_balance
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER ledger_balance_no_truncate BEFORE TRUNCATE ON ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
-- A balance changes only from inside the posting's trigger: a statement typed by a person, even
-- the owner, runs at depth one.
CREATE TRIGGER ledger_balance_by_posting_only BEFORE INSERT OR UPDATE ON ledger_balance
    FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION payments_append_only();

-- Nobody calls what runs with the owner's rights.
REVOKE ALL ON FUNCTION ledger_account_opened(), ledger_posting_made() FROM PUBLIC;
