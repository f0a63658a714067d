-- A file's content is told by its digest, because its encryption is renewed with the keys.
DROP TRIGGER payments_bankfile_fixed ON payments_bankfile;
CREATE TRIGGER payments_bankfile_fixed BEFORE UPDATE ON payments_bankfile
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'message_id', 'currency', 'total', 'count', 'digest', 'execute_on');
-- Where a payout went is chosen once, with the file that it goes by.
DROP TRIGGER payments_bankfileline_fixed ON payments_bankfileline;
CREATE TRIGGER payments_bankfileline_fixed BEFORE UPDATE ON payments_bankfileline
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payout_id', 'end_to_end_id', 'currency', 'amount');
CREATE TRIGGER payments_bankfileline_sent BEFORE UPDATE ON payments_bankfileline
    FOR EACH ROW WHEN (OLD.account_id IS NOT NULL OR OLD.file_id IS NOT NULL)
    EXECUTE FUNCTION payments_fixed_terms('account_id', 'file_id');
-- What the bank answered is kept as it was read.
CREATE TRIGGER payments_bankanswer_fixed BEFORE UPDATE ON payments_bankanswer
    FOR EACH ROW EXECUTE FUNCTION payments_fixed_terms('id', 'digest', 'name', 'kind');
CREATE TRIGGER payments_bankanswer_kept BEFORE DELETE ON payments_bankanswer
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
