-- What was answered in a dispute stays, as does what it was answered with; a document is never
-- exchanged for another.
CREATE TRIGGER payments_disputeevidence_kept BEFORE DELETE ON payments_disputeevidence
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_disputeevidence_fixed BEFORE UPDATE ON payments_disputeevidence
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms('id', 'dispute_id', 'texts', 'gives_in');
CREATE TRIGGER payments_evidencefile_kept BEFORE DELETE ON payments_evidencefile
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_evidencefile_fixed BEFORE UPDATE ON payments_evidencefile
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'dispute_id', 'share_id', 'name', 'media_type', 'content');
