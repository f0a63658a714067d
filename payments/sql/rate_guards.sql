-- A rate proposed by hand keeps its terms, and once it is decided about nothing of it changes.
CREATE TRIGGER payments_rateproposal_fixed BEFORE UPDATE ON payments_rateproposal
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'currency', 'rate', 'as_of', 'reason', 'proposed_by_id', 'proposed_at');
CREATE TRIGGER payments_rateproposal_decided BEFORE UPDATE ON payments_rateproposal
    FOR EACH ROW WHEN (OLD.state <> 'PENDING') EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_rateproposal_kept BEFORE DELETE ON payments_rateproposal
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
-- A spread is ended, once, and otherwise stays what it was.
CREATE TRIGGER payments_spreadrule_fixed BEFORE UPDATE ON payments_spreadrule
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms(
        'id', 'from_currency', 'to_currency', 'basis_points', 'valid_from', 'reason',
        'set_by_id', 'created_at');
CREATE TRIGGER payments_spreadrule_ended BEFORE UPDATE ON payments_spreadrule
    FOR EACH ROW WHEN (OLD.valid_to IS NOT NULL) EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_spreadrule_kept BEFORE DELETE ON payments_spreadrule
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
