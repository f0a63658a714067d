-- The undo of rate_guards.sql.
DROP TRIGGER payments_spreadrule_kept ON payments_spreadrule;
DROP TRIGGER payments_spreadrule_ended ON payments_spreadrule;
DROP TRIGGER payments_spreadrule_fixed ON payments_spreadrule;
DROP TRIGGER payments_rateproposal_kept ON payments_rateproposal;
DROP TRIGGER payments_rateproposal_decided ON payments_rateproposal;
DROP TRIGGER payments_rateproposal_fixed ON payments_rateproposal;
