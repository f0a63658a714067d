CREATE TRIGGER payments_feetaxrule_fixed BEFORE UPDATE ON payments_feetaxrule
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'country', 'name', 'rate_bp', 'valid_from', 'legal_reference');
CREATE TRIGGER payments_feetaxrule_kept BEFORE DELETE ON payments_feetaxrule
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
