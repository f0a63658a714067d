-- A number is added and ended once; what orders were charged under is never written over.
CREATE FUNCTION trade_registration_is_history() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a registration is ended, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.ended_at IS NOT NULL
       OR (NEW.id, NEW.owner_ref, NEW.kind, NEW.country, NEW.scheme, NEW.number, NEW.valid_from,
           NEW.reason, NEW.added_by_id, NEW.added_at)
          IS DISTINCT FROM
          (OLD.id, OLD.owner_ref, OLD.kind, OLD.country, OLD.scheme, OLD.number, OLD.valid_from,
           OLD.reason, OLD.added_by_id, OLD.added_at) THEN
        RAISE EXCEPTION 'a registration is only ended, once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER registration_is_history BEFORE UPDATE OR DELETE ON trade_registration
    FOR EACH ROW EXECUTE FUNCTION trade_registration_is_history();
