DROP TRIGGER payments_bankanswer_kept ON payments_bankanswer;
DROP TRIGGER payments_bankanswer_fixed ON payments_bankanswer;
DROP TRIGGER payments_bankfileline_sent ON payments_bankfileline;
DROP TRIGGER payments_bankfileline_fixed ON payments_bankfileline;
CREATE TRIGGER payments_bankfileline_fixed BEFORE UPDATE ON payments_bankfileline
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'payout_id', 'end_to_end_id', 'currency', 'amount', 'account_id');
DROP TRIGGER payments_bankfile_fixed ON payments_bankfile;
CREATE TRIGGER payments_bankfile_fixed BEFORE UPDATE ON payments_bankfile
    FOR EACH ROW EXECUTE FUNCTION
    payments_fixed_terms('id', 'message_id', 'currency', 'total', 'count', 'xml');
